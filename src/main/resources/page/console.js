// The console page until its first picture, and what must be there from then on: login, PIN, waiting, the picture, keys, and
// the sentence at the end. The bar and all that hangs on it come afterwards: see view/views.js.

import { Session, Tunnel } from './core/session.js';

const session = new Session(window);
const loggingIn = window.top === window && session.hasLink && session.login();
const state = document.body.dataset;
const element = id => document.getElementById(id);

const PATIENCE = 300;       // ms before a step is worth naming
const LONG_WAIT = 3;        // seconds before it is worth counting them
const RETRIES = [500, 1000, 2000, 3000, 5000]; // ms between attempts to come back to a console; the last one again and again

/* ---- sentences ---- */

// Those that are needed while nothing can be fetched, or too early to fetch them, come with the page; the rest comes when
// it is needed.
const BUILT_IN = JSON.parse(element('texts').content.textContent);

class Texts {

  #loaded = {};
  #loading = {};

  /** @param wanted BCP 47 tags, the most wanted first */
  constructor(wanted) {
    this.choose(wanted);
  }

  choose(wanted) {
    const primary = wanted.map(tag => tag?.toLowerCase().split(/[-_]/)[0]);
    this.language = primary.find(tag => Object.hasOwn(BUILT_IN, tag)) ?? 'en';
    document.documentElement.lang = this.language;
    for (const worded of document.querySelectorAll('[data-text]'))
      worded.textContent = (worded.dataset.before ?? '') + this.lookUp(worded.dataset.text);
  }

  lookUp(key) {
    const [section, name] = key.split('.');
    return this.#loaded[this.language]?.[section]?.[name] ?? (section === 'CONSOLE' ? BUILT_IN[this.language][name] : undefined);
  }

  /** Resolves when every text is there, or cannot be had just now. */
  load() {
    const { language } = this;
    return this.#loading[language] ??= this.#fetch(language);
  }

  async #fetch(language) {
    try {
      const response = await fetch(`translations/${language}.json`, { signal: AbortSignal.timeout(5000) });
      this.#loaded[language] = await response.json();
    } catch {
      this.#loading[language] = undefined; // asked for again with the next sentence
    }
  }

  /** The first of these keys that is translated, loading the translations if they are needed. */
  async of(...keys) {
    if (!this.lookUp(keys[0]))
      await this.load();
    return keys.map(key => this.lookUp(key)).find(Boolean) ?? this.lookUp('CONSOLE.PAGE_FAILED');
  }

  /** Fills the variables in. A parenthesis that only holds the reference goes: the page shows it on a line of its own. */
  static fill(text, variables) {
    return text.replace(/\s*\([^()]*\{REFERENCE\}[^()]*\)/, '')
      .replace(/\{(\w+)\}/g, (placeholder, name) => variables[name] ?? placeholder);
  }
}

const texts = new Texts([session.locale, ...navigator.languages]);

/* ---- the card: everything that is not the console ---- */

class Card {

  #turn = 0;
  #counting;

  constructor() {
    for (const id of ['card', 'label', 'pin', 'message', 'elapsed', 'reference', 'enter', 'again', 'back'])
      this[id] = element(id);
  }

  name(label) {
    delete this.label.dataset.text;
    this.label.textContent = element('heading').textContent = label;
    const title = document.querySelector('title');
    title.textContent = (title.dataset.before = label + ' - ') + texts.lookUp('CONSOLE.PAGE_TITLE');
  }

  /**
   * Puts the page into a state other than "live", with a sentence, the reference for support, and a button where the
   * customer has something to press. A later call wins, however long this one waits for its text.
   *
   * @return whether this call has won
   */
  async show(next, keys, { variables = {}, button, press } = {}) {
    const mine = ++this.#turn;
    const sentence = await texts.of(...keys);
    const caption = button && await texts.of(button);
    if (mine !== this.#turn)
      return false;
    delete state.fresh;
    this.#count(false);
    this.message.textContent = Texts.fill(sentence, variables);
    this.reference.textContent = variables.REFERENCE
      ? Texts.fill(texts.lookUp('CONSOLE.PAGE_REFERENCE'), variables) : '';
    this.again.hidden = !button;
    this.again.textContent = caption ?? '';
    this.again.onclick = press;
    state.state = next;
    this.offerPanel(variables.RETURN_URL ?? session.returnUrl);
    [this.pin, this.again, this.back].find(control => control.checkVisibility())?.focus();
    return true;
  }

  /** Shows the way back to the panel, where it is known. */
  offerPanel(url) {
    this.back.hidden = !url || state.state === 'pin';
    if (url)
      this.back.href = url;
  }

  showOpening(key = 'CONSOLE.PAGE_OPENING') {
    this.#turn++;
    this.message.textContent = texts.lookUp(key);
    this.reference.textContent = '';
    this.again.hidden = this.back.hidden = true;
    state.state = 'opening';
    this.#count(true);
  }

  /** Says what is waited for. */
  step(key) {
    if (state.state === 'opening')
      this.message.textContent = texts.lookUp(key) ?? this.message.textContent;
  }

  /** Shows how long that has taken, once it takes long. */
  #count(on) {
    clearInterval(this.#counting);
    this.elapsed.textContent = '';
    const start = performance.now();
    if (on)
      this.#counting = setInterval(() => {
        const seconds = Math.floor((performance.now() - start) / 1000);
        if (seconds >= LONG_WAIT)
          this.elapsed.textContent = Texts.fill(texts.lookUp('CONSOLE.PAGE_SECONDS'), { SECONDS: seconds });
      }, 500);
  }

  leave() {
    this.#turn++;
    this.#count(false);
    this.card.querySelector(':focus')?.blur();
    state.state = 'live';
  }
}

const card = new Card();

/* ---- login ---- */

async function follow(answering) {
  const answer = await answering;
  if (answer.kind === 'open')
    connect();
  else if (answer.kind === 'pin')
    askPin(answer);
  else if (answer.kind === 'refused')
    card.show(answer.state, answer.keys, { variables: answer.variables, ...answer.again && againWith(loginAgain) });
  else
    card.show('failed', ['CONSOLE.PAGE_UNREACHABLE'], againWith(loginAgain));
}

const againWith = (press, button = 'CONSOLE.PAGE_TRY_AGAIN') => ({ button, press });

function loginAgain() {
  card.showOpening();
  follow(session.login(card.pin.value));
}

async function askPin({ keys, variables, wrong }) {
  card.pin.value = '';
  card.pin.disabled = card.enter.disabled = false;
  card.pin.setAttribute('aria-invalid', wrong);
  card.message.classList.toggle('wrong', wrong);
  await card.show('pin', keys, { variables });
}

card.card.addEventListener('submit', event => {
  event.preventDefault();
  if (state.state !== 'pin' || card.enter.disabled)
    return;
  card.pin.disabled = card.enter.disabled = true;
  card.message.textContent = ''; // so that the same sentence a second time is read out again
  follow(session.login(card.pin.value));
});

/* ---- the picture ---- */

class Stage {

  #display;
  /** Screen pixels of the browser for each of the server's, or 'fit': the whole picture, as large as it goes. */
  zoom = 'fit';

  constructor() {
    this.element = element('display');
    new ResizeObserver(() => this.fit()).observe(this.element);
  }

  show(display) {
    this.#display = display;
    display.onresize = () => this.fit();
    this.element.replaceChildren(display.getElement());
    this.fit();
  }

  clear() {
    this.#display = undefined;
    this.element.replaceChildren();
  }

  /** Crisp as soon as a pixel of the server covers several of the screen. */
  fit() {
    const display = this.#display;
    if (!display?.getWidth())
      return;
    const { clientWidth, clientHeight } = this.element;
    const scale = this.zoom === 'fit'
      ? Math.min(clientWidth / display.getWidth(), clientHeight / display.getHeight()) : this.zoom / devicePixelRatio;
    this.element.classList.toggle('enlarged', scale * devicePixelRatio >= 2);
    this.element.classList.toggle('zoomed', this.zoom !== 'fit');
    display.scale(scale);
  }
}

const stage = new Stage();

/* ---- keys ---- */

/** The console's keys: all that are pressed while nothing else of the page has the focus. */
class Input {

  #keyboard;
  #sink;
  #attached = false;
  #paused = false;

  /** What keys do: down(keysym), which says whether the browser may go on with it, and up(keysym). */
  keys = {
    down: keysym => {
      page.send(1, keysym);
      return false;
    },
    up: keysym => page.send(0, keysym)
  };

  constructor() {
    addEventListener('blur', () => this.release());
    document.addEventListener('focusin', event => this.#pause(Boolean(event.target.closest('[data-own-keys]'))));
    document.addEventListener('focusout', event => event.relatedTarget || this.#pause(false));
  }

  attach() {
    this.#keyboard ??= new window.Guacamole.Keyboard(document);
    if (!this.#sink) {
      // An input out of sight: what input methods need to type into.
      this.#sink = new window.Guacamole.InputSink();
      this.#sink.getElement().setAttribute('aria-hidden', 'true');
      this.#sink.getElement().tabIndex = -1;
      this.#keyboard.listenTo(this.#sink.getElement());
    }
    this.#attached = true;
    document.body.append(this.#sink.getElement());
    this.#listen();
    if (!this.#paused)
      this.focus();
  }

  detach() {
    this.#attached = false;
    this.#listen();
    this.#sink?.getElement().remove();
  }

  focus() {
    this.#sink?.focus();
  }

  /** Which of Shift, Ctrl, Alt and the like are held. */
  get modifiers() {
    return this.#keyboard.modifiers;
  }

  /** Lets go of every key that is held. */
  release() {
    this.#keyboard?.reset();
  }

  #pause(paused) {
    this.#paused = paused;
    this.#listen();
  }

  #listen() {
    if (!this.#keyboard)
      return;
    const on = this.#attached && !this.#paused;
    if (!on)
      this.release();
    this.#keyboard.onkeydown = on ? keysym => this.keys.down(keysym) : null;
    this.#keyboard.onkeyup = on ? keysym => this.keys.up(keysym) : null;
  }
}

/* ---- the console ---- */

let current; // the Tunnel that is shown or being opened, if any
let shown;   // the Tunnel whose picture is on the screen, if any
let views;   // promise of what view/views.js has started
let retry;   // {attempt, timer} while the network is gone

const page = {
  session, texts, stage, card, Texts,
  input: new Input(),
  get client() { return shown?.client; },
  send(pressed, keysym) {
    shown?.client.sendKeyEvent(pressed, keysym);
  },
  connect
};

function tellViews(what, ...facts) {
  views?.then(all => all[what](...facts), () => { /* none of them could be loaded */ });
}

/** Opens the console: with the socket that is open already, or a new one. */
function connect() {
  card.pin.value = '';
  card.showOpening();
  openTunnel();
}

async function openTunnel() {
  const Guacamole = await library;
  const tunnel = new Tunnel(Guacamole, session, {
    step: stepNamer(() => tunnel === current),
    timeLeft(seconds) {
      state.deadline = Date.now() + seconds * 1000;
      tellViews('timeLeft', seconds);
    },
    watched: watched => tellViews('watched', state.watched = watched),
    name: label => card.name(label),
    picture: () => goLive(tunnel),
    unstable: unstable => tunnel === shown && tellViews('unstable', unstable),
    gone: meaning => tunnel === current && end(meaning)
  });
  current?.close();
  current = tunnel;
  tunnel.connect(window);
}

/** Names the steps of an opening, once it takes so long that they are worth it. */
function stepNamer(isCurrent) {
  let patient = true;
  let latest;
  const name = () => !patient && latest && isCurrent() && card.step('CONSOLE.PAGE_' + latest);
  setTimeout(() => {
    patient = false;
    name();
  }, PATIENCE);
  return step => {
    latest = step;
    name();
  };
}

function goLive(tunnel) {
  window.firstFrame ??= performance.now();
  clearTimeout(retry?.timer);
  retry = undefined;
  shown = tunnel;
  element('lost').textContent = '';
  card.leave();
  stage.show(tunnel.client.getDisplay());
  page.input.attach();
  views ??= import('./view/views.js').then(module => module.start(page));
  views.catch(() => {
    views = undefined; // the console works without its bar; the next connection asks for it again
  });
  tellViews('live', tunnel.client);
}

/** Takes the console off the screen. */
function leaveConsole() {
  page.input.detach();
  shown = current = undefined;
  stage.clear();
  delete state.deadline;
  delete state.watched;
  tellViews('over');
}

/* ---- the end ---- */

function end(meaning) {
  if (meaning.kind === 'lost' && (shown || retry))
    return comeBack();
  clearTimeout(retry?.timer);
  retry = undefined;
  const wasLive = Boolean(shown);
  leaveConsole();
  if (meaning.kind === 'over')
    sessionOver();
  else if (meaning.kind === 'lost')
    card.show('failed', ['CONSOLE.PAGE_UNREACHABLE'], againWith(connect));
  else
    tell(meaning, wasLive);
}

function tell({ state: next, keys, variables, again, poweredOff, over }, wasLive) {
  if (over)
    session.markOver();
  const more = again ? againWith(connect, wasLive ? 'CONSOLE.PAGE_OPEN_AGAIN' : 'CONSOLE.PAGE_TRY_AGAIN') : {};
  const telling = card.show(next, keys, { variables, ...more });
  if (!over)
    import('./view/waking.js').then(module => telling.then(won => won && module.offer(page, poweredOff, variables)));
}

/** The network is gone, but not the session: the last picture stays, and the console comes back by itself. */
function comeBack() {
  page.input.detach();
  retry ??= { attempt: 0 };
  clearTimeout(retry.timer);
  retry.timer = setTimeout(openTunnel, RETRIES[Math.min(retry.attempt++, RETRIES.length - 1)]);
  state.state = 'reconnecting';
  element('lost').textContent = texts.lookUp('CONSOLE.PAGE_RECONNECTING');
  tellViews('lost');
}

addEventListener('online', () => {
  if (retry) {
    clearTimeout(retry.timer);
    openTunnel();
  }
});

function sessionOver() {
  session.markOver();
  card.show('ended', ['CONSOLE.PAGE_SESSION_OVER']);
}

/* ---- the page as a whole ---- */

const library = new Promise(resolve => {
  const script = element('library');
  script.addEventListener('load', () => resolve(window.Guacamole));
  script.addEventListener('error', () =>
    card.show('failed', ['CONSOLE.PAGE_UNREACHABLE'], againWith(() => location.reload())));
});

/**
 * A page around this one could lay something over the console and lead a click astray. Guacamole lets an extension send no
 * header, and the policy in the page itself cannot forbid frames.
 */
function refuseFrame() {
  card.show('failed', ['CONSOLE.PAGE_FRAMED'],
    { button: 'CONSOLE.PAGE_OPEN_WINDOW', press: () => window.open(location.href, '_blank', 'noopener') });
}

function begin() {
  if (loggingIn) {
    session.hideLink();
    card.showOpening();
    follow(loggingIn);
  } else if (session.isOpen) {
    session.dial();
    connect();
  } else if (session.isOver) {
    sessionOver();
  } else {
    session.hideLink();
    card.show('failed', ['CONSOLE.PAGE_INCOMPLETE_LINK']);
  }
}

addEventListener('pagehide', () => current?.close());
addEventListener('pageshow', event => event.persisted && location.reload());
// A link that is pasted over the page is taken up from the start.
addEventListener('hashchange', () => location.hash.length > 1 && location.reload());

if (window.top === window)
  begin();
else
  refuseFrame();
