// A console session as a browser has it: its login, its tunnel, and what either answers. Knows no DOM. One file, because
// a customer waits for it.

/** Our server's codes: see CLIENT.ERROR_CLIENT_* in the translations. */
const FIRST_END = 0x250;
const VENDOR_CLOSED = 0x256;
const FIRST_FAILURE = 0x260;
const LAST_FAILURE = 0x26F;
const POWERED_OFF = 0x263;

const MESSAGE_STEP = 4097;
const MESSAGE_TIME_LEFT = 4098;
const MESSAGE_WATCHERS = 4099;

const PICTURE_GRACE = 1000; // ms after which a display without any drawing is taken for a black screen

/** A request that was not answered as hoped for: key of the sentence that says so, and its variables. */
export class Refused extends Error {

  constructor(status, { translatableMessage } = {}) {
    super('HTTP status ' + status);
    this.status = status;
    this.key = translatableMessage?.key ?? (status ? 'CONSOLE.PAGE_ACTION_FAILED' : 'CONSOLE.PAGE_UNREACHABLE');
    this.variables = translatableMessage?.variables ?? {};
  }
}

/** Speaks api/tokens, api/session/ext/console and the tunnel's address, for the console of one link. */
export class Session {

  #browser;
  #opening;
  #stored;

  /** Whether a picture has come through a WebSocket. */
  socketsWork = false;

  /** Whether the web server has closed a socket in its own words since the last picture, as Tomcat does when it stops. */
  wasStopped = false;

  /** @param browser what of window is needed: opening (see open.html), location, history, sessionStorage, fetch */
  constructor(browser) {
    this.#browser = browser;
    this.#opening = browser.opening;
    this.#stored = this.#recall();
    this.base = browser.opening.base;
  }

  get #link() {
    return this.#opening.link;
  }

  /** Whether the address holds a link. */
  get hasLink() {
    return Boolean(this.#link.get('username') && this.#link.get('password'));
  }

  /** Whether an earlier page of this tab has logged in. */
  get isOpen() {
    return Boolean(this.#stored.authToken);
  }

  get isOver() {
    return Boolean(this.#stored.over);
  }

  /** The language that was chosen here, else the one that the panel asks for; undefined where neither is known. */
  get locale() {
    return this.#stored.language ?? this.#link.get('locale') ?? claim(this.#link.get('password'), 'locale') ?? this.#stored.locale;
  }

  get hasChosenLanguage() {
    return Boolean(this.#stored.language);
  }

  /** Where "Back to the panel" leads, once it is known. */
  get returnUrl() {
    return this.#stored.returnUrl;
  }

  /** Takes the link out of the address bar and the history; it stays here until the login. */
  hideLink() {
    const { location, history } = this.#browser;
    if (location.hash)
      history.replaceState(null, '', location.pathname + location.search);
  }

  /** What outlives a reload: {authToken, server} of a session, {over: true} after its end; never the link. */
  remember(facts) {
    this.#stored = { ...this.#stored, ...facts };
    try {
      this.#browser.sessionStorage.setItem('console', JSON.stringify(this.#stored));
    } catch {
      // A browser that forbids storage: a reload will ask for the link again.
    }
  }

  markOver() {
    this.remember({ over: true, authToken: undefined });
  }

  #recall() {
    try {
      return JSON.parse(this.#browser.sessionStorage.getItem('console')) || {};
    } catch {
      return {};
    }
  }

  /**
   * Logs in and dials, unless the page has begun to. What comes of it: {kind: 'open'}, {kind: 'unreachable'}, {kind: 'pin',
   * keys, variables, wrong} or {kind: 'refused', state, keys, variables, again}.
   */
  async login(typedPin) {
    const opening = this.#opening;
    const pin = typedPin || this.#link.get('pin');
    const answering = opening.answer ?? opening.login(pin);
    delete opening.answer;
    const answer = await answering;
    if (!answer)
      return { kind: 'unreachable' };
    if (answer.status >= 400)
      return refusal(answer.status, answer.body, Boolean(pin));
    const { locale } = this;
    this.#stored = { language: this.#stored.language };
    this.remember({ authToken: answer.body.authToken, server: this.#link.get('username'), locale });
    this.#link.delete('password');
    this.#link.delete('pin');
    return { kind: 'open' };
  }

  dial() {
    this.#opening.dial(this.#stored.authToken, this.#stored.server);
  }

  /** The socket that has been opened meanwhile, or a new one: {query, socket, events}. */
  takeSocket() {
    if (!this.#opening.dialled)
      this.dial();
    const { dialled } = this.#opening;
    delete this.#opening.dialled;
    return dialled;
  }

  /** What the server knows of this session; see ConsoleResource. */
  async describe() {
    const description = await this.#ask('GET', '');
    this.remember({ returnUrl: description.returnUrl, locale: description.locale });
    return description;
  }

  /** Moves the deadline, as far as it goes: {extended, secondsLeft, canExtend}. */
  extend() {
    return this.#ask('POST', '/extend');
  }

  end() {
    return this.#ask('POST', '/end');
  }

  /** Asks the vendor now: {state: 'ON' | 'OFF' | 'UNKNOWN'}. */
  power() {
    return this.#ask('GET', '/power');
  }

  /** Resolves once the vendor has accepted it; action as in PowerControl.Action. */
  perform(action) {
    return this.#ask('POST', '/power/' + action);
  }

  async #ask(method, path) {
    let response;
    try {
      response = await this.#browser.fetch(new URL('api/session/ext/console' + path, this.base),
        { method, headers: { 'Guacamole-Token': this.#stored.authToken }, cache: 'no-store', referrerPolicy: 'no-referrer' });
    } catch {
      throw new Refused(0);
    }
    const body = await response.json().catch(() => ({}));
    if (!response.ok)
      throw new Refused(response.status, body);
    return body;
  }
}

/** A claim of a session token, which is a JWT; undefined where the text is none. Nothing is decided by it but a language. */
function claim(token, name) {
  try {
    const payload = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    const value = JSON.parse(atob(payload))[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What to say where the server's key is not one of ours: auth-ban's, or Guacamole's own for a link that a mail has cut short. */
function ofOthers(status, type) {
  if (status === 429)
    return ['CONSOLE.PAGE_TOO_MANY_ATTEMPTS'];
  return type === 'INVALID_CREDENTIALS' ? ['CONSOLE.PAGE_INCOMPLETE_LINK'] : [];
}

function refusal(status, { type, expected, translatableMessage }, gavePin) {
  const { key = 'CONSOLE.PAGE_FAILED', variables = {} } = translatableMessage ?? {};
  const asksForPin = ['INSUFFICIENT_CREDENTIALS', 'INVALID_CREDENTIALS'].includes(type)
    && expected?.some(field => field.name === 'pin');
  if (asksForPin)
    return { kind: 'pin', keys: [key], variables, wrong: gavePin || key === 'CONSOLE.PIN_WRONG' };
  return {
    kind: 'refused',
    state: key.startsWith('CONSOLE.ENDED_') ? 'ended' : 'failed',
    keys: [key, ...ofOthers(status, type)],
    variables,
    again: status >= 500 || status === 429 && key.startsWith('CONSOLE.')
  };
}

/**
 * What the status of a tunnel that has ended means: {kind: 'told', state, keys, variables, again, poweredOff, over} where
 * our server has said why, {kind: 'over'} where there is no session any more, {kind: 'lost'} where the network has gone.
 */
export function meaningOf({ code, message }, { CLIENT_UNAUTHORIZED, CLIENT_FORBIDDEN, RESOURCE_NOT_FOUND }) {
  // No number at all where a socket was closed in words, as Tomcat does when it stops.
  if (!(code >= FIRST_END && code <= LAST_FAILURE)) {
    const isDenied = [CLIENT_UNAUTHORIZED, CLIENT_FORBIDDEN, RESOURCE_NOT_FOUND].includes(code);
    return { kind: isDenied ? 'over' : 'lost' };
  }
  const isEnd = code < FIRST_FAILURE;
  const over = isEnd && code !== VENDOR_CLOSED;
  return {
    kind: 'told',
    state: isEnd ? 'ended' : 'failed',
    keys: ['CLIENT.ERROR_CLIENT_' + code.toString(16).toUpperCase(), over ? 'CONSOLE.PAGE_SESSION_OVER' : 'CONSOLE.PAGE_FAILED'],
    variables: /^[A-Z0-9]{4,16}$/.test(message) ? { REFERENCE: message } : {},
    // Whatever support has to put right first: the session lives, so that it works then.
    again: !over,
    poweredOff: code === POWERED_OFF || code === VENDOR_CLOSED,
    over
  };
}

/** What a session that is not there any more means, once its web server has stopped. */
const RESTARTED = { kind: 'told', state: 'ended', keys: ['CONSOLE.ENDED_NODE_SHUTDOWN', 'CONSOLE.PAGE_SESSION_OVER'], variables: {},
  again: false, poweredOff: false, over: true };

/** One tunnel to the console, from the first byte to its end, which is told once. */
export class Tunnel {

  #library;
  #session;
  #listener;
  #tunnel;
  #socket;
  #done = false;

  /**
   * @param library Guacamole, of guacamole-common-js
   * @param listener functions step(name), timeLeft(seconds), watched(boolean), name(label), picture(), unstable(boolean), and
   *     gone(meaning) with what meaningOf says
   */
  constructor(library, session, listener) {
    this.#library = library;
    this.#session = session;
    this.#listener = listener;
    const sockets = new library.WebSocketTunnel(session.base.pathname + 'websocket-tunnel');
    // Once sockets have worked, their failing is the network's, and not a proxy's that only knows HTTP.
    this.#tunnel = session.socketsWork ? sockets
      : new library.ChainedTunnel(sockets, new library.HTTPTunnel(session.base.pathname + 'tunnel'));
    this.client = new library.Client(this.#tunnel);
    this.#listen();
    this.#watchForPicture();
  }

  connect(browser) {
    const { query, socket, events } = this.#session.takeSocket();
    this.#socket = socket;
    handOver(browser, socket, events, () => this.client.connect(query));
  }

  /** Lets go without a word to the listener. */
  close() {
    this.#done = true;
    this.client.disconnect();
  }

  #listen() {
    const { State } = this.#library.Tunnel;
    const listener = this.#listener;
    this.client.onmsg = (code, [argument]) => {
      if (code === MESSAGE_STEP)
        listener.step(argument);
      else if (code === MESSAGE_TIME_LEFT)
        listener.timeLeft(Number(argument));
      else if (code === MESSAGE_WATCHERS)
        listener.watched(Number(argument) > 0);
      return ![MESSAGE_STEP, MESSAGE_TIME_LEFT, MESSAGE_WATCHERS].includes(code);
    };
    this.client.onname = name => name && listener.name(name);
    this.client.onerror = status => this.#end(status);
    this.#tunnel.onerror = status => this.#end(status);
    this.#tunnel.onstatechange = state => {
      if (state === State.CLOSED)
        this.#end({ code: this.#library.Status.Code.UPSTREAM_NOT_FOUND });
      else if (!this.#done)
        listener.unstable(state === State.UNSTABLE);
    };
  }

  #end(status) {
    if (this.#done)
      return;
    this.#done = true;
    this.#session.wasStopped ||= Number.isNaN(status.code);
    const meaning = meaningOf(status, this.#library.Status.Code);
    this.#listener.gone(meaning.kind === 'over' && this.#session.wasStopped ? RESTARTED : meaning);
    this.client.disconnect();
  }

  /** Calls back at the instant the first picture is on the screen. */
  #watchForPicture() {
    // Where each drawing instruction names its layer. Cursors are drawn into buffers, below 0, and are no picture.
    const layerArgument = { img: 2, png: 1, jpeg: 1, cfill: 1, copy: 6, transfer: 6 };
    const { client } = this;
    const display = client.getDisplay();
    const handle = this.#tunnel.oninstruction;
    let drawn = false;
    this.#tunnel.oninstruction = (opcode, parameters) => {
      drawn ||= parameters[layerArgument[opcode]] >= 0;
      handle(opcode, parameters);
    };
    const done = () => {
      if (client.onsync && !this.#done) {
        client.onsync = null;
        this.#session.socketsWork ||= this.#socket.readyState === 1;
        this.#session.wasStopped = false;
        this.#listener.picture();
      }
    };
    let grace;
    client.onsync = () => {
      const isPicture = drawn;
      // The flush is queued behind the frame that has just been synchronised, whose images may still be decoding.
      display.flush(() => {
        if (!display.getWidth())
          return;
        if (isPicture)
          done();
        else
          grace ??= setTimeout(done, PICTURE_GRACE); // guacd draws nothing at all for a black screen
      });
    };
  }
}

/** Guacamole.WebSocketTunnel can only open a socket itself; it is given the one that has been opened meanwhile. */
function handOver(browser, socket, events, connectTunnel) {
  const { WebSocket } = browser;
  browser.WebSocket = function () {
    return socket;
  };
  try {
    connectTunnel();
  } finally {
    browser.WebSocket = WebSocket;
  }
  for (const event of events)
    socket['on' + event.type](event);
}
