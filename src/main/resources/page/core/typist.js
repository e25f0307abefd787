// Types a text at a console, as a patient person would. Knows no DOM.

import { chordsOf, press } from './keys.js';

/** Milliseconds from one character to the next: as fast as a firmware that polls its keyboard follows, or one that dozes. */
export const PACE = Object.freeze({ normal: 25, slow: 150 });

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

export class Typist {

  #send;
  #pause;
  #cancelled = false;

  /**
   * @param send (pressed, keysym), as Guacamole.Client.sendKeyEvent
   * @param wait (milliseconds), resolves when they are over
   */
  constructor(send, wait = pause) {
    this.#send = send;
    this.#pause = wait;
  }

  /**
   * @param progress told (typed, total) before the first character and after each
   * @return how many characters were typed; less than all where it was cancelled
   */
  async type(text, pace, progress = () => {}) {
    const chords = chordsOf(text);
    progress(0, chords.length);
    let typed = 0;
    for (const keysyms of chords) {
      if (this.#cancelled)
        break;
      press(this.#send, keysyms);
      progress(++typed, chords.length);
      await this.#pause(pace);
    }
    return typed;
  }

  cancel() {
    this.#cancelled = true;
  }
}
