const LIMIT = 256 * 1024; // bytes, either way
const PASTE_PATIENCE = 60; // ms

const fits = text => new TextEncoder().encode(text).length <= LIMIT;

/** What both sides have copied: the same text, where the browser allows it. */
export class Clipboard {

  #page;
  #shared = ''; // what both sides have, so that nothing goes back to where it came from
  #held;        // keys that wait until the text they are to paste has been sent
  /** Called where the text has changed. */
  onchange = () => {};

  constructor(page) {
    this.#page = page;
    addEventListener('focus', () => this.#offer());
    document.addEventListener('paste', event => this.#paste(event));
  }

  get text() {
    return this.#shared;
  }

  live(client) {
    client.onclipboard = (stream, type) => this.#receive(stream, type);
    // A console that has been opened again knows nothing of what the one before it had.
    const text = this.#shared;
    this.#shared = '';
    this.send(text);
    this.#offer();
  }

  /** Gives the server a text to paste. */
  send(text) {
    const { client } = this.#page;
    if (!client || document.body.dataset.state !== 'live' || !text || text === this.#shared || !fits(text))
      return;
    this.#shared = text;
    const writer = new window.Guacamole.StringWriter(client.createClipboardStream('text/plain'));
    writer.sendText(text);
    writer.sendEnd();
    this.onchange();
  }

  /** @return whether the browser may go on with the key, to a paste event */
  keydown(keysym) {
    const pasting = this.#isPaste(keysym);
    if (pasting && !this.#held) {
      this.#held = [];
      setTimeout(() => this.#releaseHeld(), PASTE_PATIENCE); // where no paste event comes
    }
    this.#key(1, keysym);
    return pasting;
  }

  keyup(keysym) {
    this.#key(0, keysym);
  }

  #isPaste(keysym) {
    const { ctrl, meta, alt } = this.#page.input.modifiers;
    return (keysym === 0x56 || keysym === 0x76) && !alt && (ctrl || meta);
  }

  #key(pressed, keysym) {
    if (this.#held)
      this.#held.push([pressed, keysym]);
    else
      this.#page.send(pressed, keysym);
  }

  #releaseHeld() {
    const waiting = this.#held ?? [];
    this.#held = undefined;
    for (const [pressed, keysym] of waiting)
      this.#page.send(pressed, keysym);
  }

  #receive(stream, type) {
    if (!type.startsWith('text/'))
      return stream.sendAck('Text only', window.Guacamole.Status.Code.CLIENT_BAD_TYPE);
    const reader = new window.Guacamole.StringReader(stream);
    let text = '';
    reader.ontext = part => {
      if (text.length <= LIMIT)
        text += part;
    };
    reader.onend = () => {
      if (!text || text === this.#shared || !fits(text))
        return;
      this.#shared = text;
      this.onchange();
      navigator.clipboard?.writeText(text).catch(() => {
        // The browser does not allow it: the menu still shows the text.
      });
    };
  }

  /** Only where reading was allowed before: the console never asks for the permission by itself. */
  async #offer() {
    try {
      const permission = await navigator.permissions.query({ name: 'clipboard-read' });
      if (permission.state === 'granted' && document.hasFocus())
        this.send(await navigator.clipboard.readText());
    } catch {
      // Firefox and Safari know no such permission; there, and anywhere else, pasting sends the text.
    }
  }

  #paste(event) {
    if (document.body.dataset.state !== 'live' || event.target.closest?.('[data-own-keys]'))
      return;
    event.preventDefault();
    this.send(event.clipboardData.getData('text/plain'));
    this.#releaseHeld();
  }
}
