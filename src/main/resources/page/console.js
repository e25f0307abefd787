// The console page. By the time this runs, the script in open.html has taken the link out of the address bar and sent the
// login; here its answer becomes a PIN prompt, a console, or a sentence that says why there is none.

const { opening } = window;
const state = document.body.dataset;
const [card, label, pin, message, reference, enter, again, notice, keys, stage] =
  ['card', 'label', 'pin', 'message', 'reference', 'enter', 'again', 'notice', 'keys', 'display']
    .map(id => document.getElementById(id));

const CLIPBOARD_LIMIT = 256 * 1024; // bytes, either way
const PATIENCE = 300;               // ms before a step is worth naming
const PICTURE_GRACE = 1000;         // ms after which a display without any drawing is taken for a black screen

/** Our server's codes: see CLIENT.ERROR_CLIENT_* in the translations. */
const VENDOR_CLOSED = 0x256;
const FIRST_END = 0x250;
const FIRST_FAILURE = 0x260;
const LAST_FAILURE = 0x26F;
const MESSAGE_STEP = 4097;
const MESSAGE_DEADLINE = 4098;
const MESSAGE_WATCHERS = 4099;

/* ---- sentences ---- */

// Those that are needed while nothing can be fetched, or too early to fetch them; the rest comes when it is needed.
let texts = {
  CONSOLE: {
    PAGE_OPENING: 'Opening the console…',
    PAGE_ASKING_VENDOR: 'Asking the server for its console…',
    PAGE_CONNECTING_CONSOLE: 'Connecting to the console…',
    PAGE_STARTING_DISPLAY: 'Starting the display…',
    PAGE_UNREACHABLE: 'The console service cannot be reached. Please check your network connection.',
    PAGE_LOST: 'The connection to the console was lost. Please check your network connection.',
    PAGE_UNSTABLE: 'The network connection is unstable.',
    PAGE_WATCHED: 'Support is looking at this console with you.',
    PAGE_FAILED: 'The console could not be opened.',
    PAGE_REFERENCE: 'Reference {REFERENCE}',
    PAGE_TRY_AGAIN: 'Try again',
    PAGE_OPEN_AGAIN: 'Open again'
  }
};
let loading;

function lookUp(key) {
  const [section, name] = key.split('.');
  return texts[section]?.[name];
}

async function loadTexts() {
  try {
    const response = await fetch('translations/en.json', { signal: AbortSignal.timeout(5000) });
    texts = await response.json();
  } catch (unreachable) {
    loading = undefined; // asked for again with the next sentence
  }
}

/** The first of these keys that is translated, loading the translations if they are needed. */
async function textOf(...candidates) {
  if (!lookUp(candidates[0]))
    await (loading ??= loadTexts());
  return candidates.map(lookUp).find(Boolean) ?? lookUp('CONSOLE.PAGE_FAILED');
}

/** Fills the variables in. A parenthesis that only holds the reference goes: the page shows it on a line of its own. */
function fill(text, variables) {
  return text.replace(/\s*\([^()]*\{REFERENCE\}[^()]*\)/, '')
    .replace(/\{(\w+)\}/g, (placeholder, name) => variables[name] ?? placeholder);
}

/* ---- the card ---- */

let turn = 0;

/**
 * Puts the page into a state other than "live", with a sentence, the reference for support, and a button where the
 * customer has something to press. A later call wins, however long this one waits for its text.
 */
async function show(next, candidates, { variables = {}, button, press } = {}) {
  const mine = ++turn;
  const sentence = await textOf(...candidates);
  const caption = button && await textOf(button);
  if (mine !== turn)
    return;
  message.textContent = fill(sentence, variables);
  reference.textContent = variables.REFERENCE
    ? lookUp('CONSOLE.PAGE_REFERENCE').replace('{REFERENCE}', variables.REFERENCE) : '';
  again.hidden = !button;
  again.textContent = caption ?? '';
  again.onclick = press;
  state.state = next;
  (next === 'pin' ? pin : again).focus();
}

function showOpening() {
  turn++;
  message.textContent = lookUp('CONSOLE.PAGE_OPENING');
  reference.textContent = '';
  again.hidden = true;
  state.state = 'opening';
}

/* ---- login ---- */

async function follow(answer) {
  const { ok, status, body } = await answer;
  if (ok)
    connect();
  else if (status === 0)
    show('failed', ['CONSOLE.PAGE_UNREACHABLE'], { button: 'CONSOLE.PAGE_TRY_AGAIN', press: loginAgain });
  else
    refused(status, body);
}

function loginAgain() {
  showOpening();
  follow(opening.login(pin.value));
}

function refused(status, { type, expected, translatableMessage }) {
  const key = translatableMessage?.key ?? 'CONSOLE.PAGE_FAILED';
  const variables = translatableMessage?.variables ?? {};
  const asksForPin = (type === 'INSUFFICIENT_CREDENTIALS' || type === 'INVALID_CREDENTIALS')
    && expected?.some(field => field.name === 'pin');
  if (asksForPin)
    askPin(key, variables);
  else if (status >= 500 || status === 429 && key.startsWith('CONSOLE.'))
    show('failed', [key], { variables, button: 'CONSOLE.PAGE_TRY_AGAIN', press: loginAgain });
  else
    show(key.startsWith('CONSOLE.ENDED_') ? 'ended' : 'failed',
      // Other extensions answer with keys of their own; auth-ban's is the one that a customer can meet.
      status === 429 ? [key, 'CONSOLE.PAGE_TOO_MANY_ATTEMPTS'] : [key], { variables });
}

async function askPin(key, variables) {
  const wrong = pin.value !== '' || key === 'CONSOLE.PIN_WRONG';
  pin.value = '';
  pin.disabled = enter.disabled = false;
  pin.setAttribute('aria-invalid', wrong);
  message.classList.toggle('wrong', wrong);
  await show('pin', [key], { variables });
}

card.addEventListener('submit', event => {
  event.preventDefault();
  if (state.state !== 'pin' || enter.disabled)
    return;
  pin.disabled = enter.disabled = true;
  message.textContent = ''; // so that the same sentence a second time is read out again
  follow(opening.login(pin.value));
});

/* ---- the console ---- */

let current; // the Guacamole.Client that is shown, if any
let noted = {}; // what the customer should know while he sees the console: {unstable, watched}

/** Opens the tunnel: with the socket that is open already, or a new one. */
function connect() {
  const { query, socket, events } = opening.dialled ?? opening.dial();
  opening.dialled = undefined;
  pin.value = '';
  showOpening();
  const tunnel = new Guacamole.ChainedTunnel(
    new Guacamole.WebSocketTunnel(opening.base.pathname + 'websocket-tunnel'),
    new Guacamole.HTTPTunnel(opening.base.pathname + 'tunnel'));
  const client = new Guacamole.Client(tunnel);
  current = client;
  listen(client, tunnel);
  stage.replaceChildren(client.getDisplay().getElement());
  watchForPicture(client, tunnel, () => goLive(client));
  handOver(socket, events, () => client.connect(query));
}

/** Guacamole.WebSocketTunnel can only open a socket itself; it is given the one that has been opened meanwhile. */
function handOver(socket, events, connectTunnel) {
  const { WebSocket } = window;
  window.WebSocket = function () {
    return socket;
  };
  try {
    connectTunnel();
  } finally {
    window.WebSocket = WebSocket;
  }
  for (const event of events)
    socket['on' + event.type](event);
}

function listen(client, tunnel) {
  const steps = { shown: false, key: undefined };
  const showStep = () => {
    if (steps.shown && steps.key && state.state === 'opening' && client === current)
      message.textContent = lookUp(steps.key) ?? message.textContent;
  };
  setTimeout(() => {
    steps.shown = true;
    showStep();
  }, PATIENCE);
  client.onmsg = (code, [argument]) => {
    if (code === MESSAGE_STEP) {
      steps.key = 'CONSOLE.PAGE_' + argument;
      showStep();
    } else if (code === MESSAGE_DEADLINE) {
      state.deadline = Date.now() + argument * 1000;
    } else if (code === MESSAGE_WATCHERS) {
      noted.watched = Number(argument) > 0;
      showNotice();
    }
    return ![MESSAGE_STEP, MESSAGE_DEADLINE, MESSAGE_WATCHERS].includes(code);
  };
  client.onname = name => {
    if (!name)
      return;
    label.textContent = name;
    document.title = name + ' - console';
  };
  client.onclipboard = receiveClipboard;
  client.onerror = status => finish(client, () => ended(status));
  tunnel.onerror = status => finish(client, () => tunnelFailed(status));
  tunnel.onstatechange = tunnelState => {
    if (tunnelState === Guacamole.Tunnel.State.CLOSED)
      finish(client, lost);
    noted.unstable = tunnelState === Guacamole.Tunnel.State.UNSTABLE;
    showNotice();
  };
}

/** What is said over the picture; the network comes first. */
function showNotice() {
  const key = noted.unstable ? 'CONSOLE.PAGE_UNSTABLE' : noted.watched ? 'CONSOLE.PAGE_WATCHED' : undefined;
  notice.textContent = key ? lookUp(key) : '';
  notice.hidden = !key || state.state !== 'live';
}

/** Calls back at the instant the first picture is on the screen. */
function watchForPicture(client, tunnel, shown) {
  // Where each drawing instruction names its layer. Cursors are drawn into buffers, below 0, and are no picture.
  const layerArgument = { img: 2, png: 1, jpeg: 1, cfill: 1, copy: 6, transfer: 6 };
  const display = client.getDisplay();
  const handle = tunnel.oninstruction;
  let drawn = false;
  tunnel.oninstruction = (opcode, parameters) => {
    drawn ||= parameters[layerArgument[opcode]] >= 0;
    handle(opcode, parameters);
  };
  const done = () => {
    if (client.onsync && client === current) {
      client.onsync = null;
      shown();
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

function goLive(client) {
  window.firstFrame = performance.now();
  turn++;
  state.state = 'live';
  showNotice();
  pin.blur();
  again.blur();
  fit();
  client.getDisplay().onresize = fit;
  listenToMouse(client);
  listenToKeyboard(client);
  offerClipboard();
  loading ??= loadTexts(); // to have the words when the network is gone
}

/* ---- the end ---- */

/** Takes the console off the screen; whatever is told first about its end is the reason. */
function finish(client, tell) {
  if (client !== current)
    return;
  current = undefined;
  keyboard.onkeydown = keyboard.onkeyup = null;
  keyboard.reset();
  sink.getElement().remove();
  stage.replaceChildren();
  notice.hidden = true;
  noted = {};
  delete state.deadline;
  tell();
  client.disconnect();
}

function ended({ code, message: text }) {
  const variables = /^[A-Z0-9]{4,16}$/.test(text) ? { REFERENCE: text } : {};
  const sentence = ['CLIENT.ERROR_CLIENT_' + code.toString(16).toUpperCase(), 'CONSOLE.PAGE_FAILED'];
  const isEnd = code >= FIRST_END && code < FIRST_FAILURE;
  if (isEnd && code !== VENDOR_CLOSED) {
    opening.remember({ over: true });
    show('ended', sentence, { variables });
  } else if (isEnd) {
    show('ended', sentence, { variables, button: 'CONSOLE.PAGE_OPEN_AGAIN', press: connect });
  } else {
    show('failed', sentence, { variables, button: 'CONSOLE.PAGE_TRY_AGAIN', press: connect });
  }
}

/** The web application or the network speaks here, not our session: a dead token, or no connection. */
function tunnelFailed({ code, message: text }) {
  const { CLIENT_UNAUTHORIZED, CLIENT_FORBIDDEN, RESOURCE_NOT_FOUND } = Guacamole.Status.Code;
  if (code >= FIRST_END && code <= LAST_FAILURE)
    ended({ code, message: text });
  else if ([CLIENT_UNAUTHORIZED, CLIENT_FORBIDDEN, RESOURCE_NOT_FOUND].includes(code))
    sessionOver();
  else
    lost();
}

function lost() {
  if (state.state === 'live')
    show('failed', ['CONSOLE.PAGE_LOST'], { button: 'CONSOLE.PAGE_OPEN_AGAIN', press: connect });
  else
    show('failed', ['CONSOLE.PAGE_UNREACHABLE'], { button: 'CONSOLE.PAGE_TRY_AGAIN', press: connect });
}

function sessionOver() {
  opening.remember({ over: true });
  show('ended', ['CONSOLE.PAGE_SESSION_OVER']);
}

/* ---- picture, mouse, keyboard ---- */

/** The whole picture, as large as it goes; crisp as soon as a pixel of the server covers several of the screen. */
function fit() {
  const display = current?.getDisplay();
  if (!display?.getWidth())
    return;
  const scale = Math.min(stage.clientWidth / display.getWidth(), stage.clientHeight / display.getHeight());
  stage.classList.toggle('enlarged', scale * devicePixelRatio >= 2);
  display.scale(scale);
}

new ResizeObserver(fit).observe(stage);

function listenToMouse(client) {
  const display = client.getDisplay();
  const element = display.getElement();
  const mouse = new Guacamole.Mouse(element);
  const touch = new Guacamole.Mouse.Touchscreen(element);
  const events = ['mousedown', 'mousemove', 'mouseup'];
  const send = drawCursor => event => {
    display.showCursor(drawCursor); // a finger has no cursor of its own
    client.sendMouseState(event.state, true);
  };
  mouse.onEach(events, send(false));
  touch.onEach(events, send(true));
  element.addEventListener('mousedown', event => {
    event.preventDefault(); // no dragging of the picture
    window.focus();         // keys belong to the console also where a panel shows it in a frame
  });
  display.oncursor = (canvas, x, y) => canvas.width && canvas.height && mouse.setCursor(canvas, x, y);
  const cursor = display.getCursorLayer();
  if (cursor.width && cursor.height)
    display.oncursor(cursor.toCanvas(), display.cursorHotspotX, display.cursorHotspotY);
  display.showCursor(false);
}

const keyboard = new Guacamole.Keyboard(document);
const sink = new Guacamole.InputSink(); // an input out of sight: what phones and input methods need to type into
keyboard.listenTo(sink.getElement());
let held; // keys that wait until the text they are to paste has been sent

function listenToKeyboard(client) {
  const isPaste = keysym => (keysym === 0x56 || keysym === 0x76) && !keyboard.modifiers.alt
    && (keyboard.modifiers.ctrl || keyboard.modifiers.meta);
  const send = (pressed, keysym) =>
    held ? held.push([pressed, keysym]) : client.sendKeyEvent(pressed, keysym);
  keyboard.onkeydown = keysym => {
    const pasting = isPaste(keysym);
    if (pasting && !held) {
      held = [];
      setTimeout(releaseHeld, 60); // where no paste event comes
    }
    send(1, keysym);
    return pasting; // the browser may go on with it, to the paste event
  };
  keyboard.onkeyup = keysym => send(0, keysym);
  document.body.append(sink.getElement());
  sink.focus();
}

function releaseHeld() {
  const waiting = held ?? [];
  held = undefined;
  for (const [pressed, keysym] of waiting)
    current?.sendKeyEvent(pressed, keysym);
}

keys.onclick = () => sink.getElement().focus();

/* ---- clipboard ---- */

let shared = ''; // what both sides have, so that nothing goes back to where it came from

const fits = text => new TextEncoder().encode(text).length <= CLIPBOARD_LIMIT;

function receiveClipboard(stream, type) {
  if (!type.startsWith('text/'))
    return stream.sendAck('Text only', Guacamole.Status.Code.CLIENT_BAD_TYPE);
  const reader = new Guacamole.StringReader(stream);
  let text = '';
  reader.ontext = part => {
    if (text.length <= CLIPBOARD_LIMIT)
      text += part;
  };
  reader.onend = () => {
    if (!text || text === shared || !fits(text))
      return;
    shared = text;
    navigator.clipboard?.writeText(text).catch(() => {
      // The browser does not allow it: the console works on, without a shared clipboard.
    });
  };
}

function sendClipboard(text) {
  if (!current || state.state !== 'live' || !text || text === shared || !fits(text))
    return;
  shared = text;
  const writer = new Guacamole.StringWriter(current.createClipboardStream('text/plain'));
  writer.sendText(text);
  writer.sendEnd();
}

/** Only where reading was allowed before: the console never asks for the permission. */
async function offerClipboard() {
  try {
    const permission = await navigator.permissions.query({ name: 'clipboard-read' });
    if (permission.state === 'granted' && document.hasFocus())
      sendClipboard(await navigator.clipboard.readText());
  } catch (unsupported) {
    // Firefox and Safari know no such permission; there, and anywhere else, pasting sends the text.
  }
}

document.addEventListener('paste', event => {
  if (state.state !== 'live')
    return;
  event.preventDefault();
  sendClipboard(event.clipboardData.getData('text/plain'));
  releaseHeld();
});

/* ---- the page as a whole ---- */

addEventListener('focus', offerClipboard);
addEventListener('blur', () => keyboard.reset());
addEventListener('pagehide', () => current?.disconnect());
addEventListener('pageshow', event => event.persisted && location.reload());
// A link that is pasted over the page: open.html takes it up from the start.
addEventListener('hashchange', () => location.hash.length > 1 && location.reload());

if (opening.answer)
  follow(opening.answer);
else if (opening.dialled)
  connect();
else if (opening.session.over)
  sessionOver();
else
  show('failed', ['CONSOLE.PAGE_INCOMPLETE_LINK']);
