import { chordsOf, KEYSYM, press } from '../core/keys.js';
import { Dock } from './dock.js';
import { button, el } from './dom.js';

/** Keys that a phone's own keyboard lacks. */
const EXTRA = [['Esc', KEYSYM.escape], ['Tab', KEYSYM.tab], ['↑', KEYSYM.up], ['↓', KEYSYM.down], ['←', KEYSYM.left],
  ['→', KEYSYM.right], ['⌫', KEYSYM.backspace], ['Enter', KEYSYM.enter]];
const HELD = [['Ctrl', KEYSYM.ctrl], ['Alt', KEYSYM.alt]];

/** A field for the keyboards of phones and for input methods: what is written in it is typed at the console. */
export class TextField extends Dock {

  static id = 'text-field';
  static label = 'MENU_TEXT_FIELD';

  #field;
  #held = new Map();

  build() {
    const { text } = this.page;
    this.#field = el('input', { type: 'text', 'aria-label': text('MENU_TEXT_FIELD'), placeholder: text('TEXT_FIELD_HINT'),
      autocomplete: 'off', autocapitalize: 'off', spellcheck: false,
      oninput: event => event.isComposing || this.#take(), onkeydown: event => this.#keydown(event) });
    this.#field.addEventListener('compositionend', () => this.#take());
    this.#field.setAttribute('autocorrect', 'off');
    const key = ([label, keysym]) => button(label, () => {
      this.#take(); // a word that is still being composed comes before the key
      this.#press([keysym]);
    }, { className: 'key' });
    return [this.#field, el('div', { className: 'extra' }, ...HELD.map(one => this.#holder(one)), ...EXTRA.map(key))];
  }

  enter() {
    this.#field.focus();
  }

  leave() {
    this.#release();
  }

  #holder([label, keysym]) {
    const made = button(label, () => {
      const isHeld = this.#held.delete(keysym) || !this.#held.set(keysym, made);
      made.setAttribute('aria-pressed', !isHeld);
    }, { className: 'key', 'aria-pressed': 'false' });
    return made;
  }

  #take() {
    const written = this.#field.value;
    this.#field.value = '';
    chordsOf(written).forEach(keysyms => this.#press(keysyms));
  }

  /** An empty field does not tell of these by itself. */
  #keydown(event) {
    const keysym = { Enter: KEYSYM.enter, Backspace: KEYSYM.backspace, Tab: undefined, Escape: KEYSYM.escape }[event.key];
    if (!keysym || event.isComposing || this.#field.value)
      return;
    event.preventDefault();
    this.#press([keysym]);
  }

  #press(keysyms) {
    press((pressed, keysym) => this.page.send(pressed, keysym), [...this.#held.keys(), ...keysyms]);
    this.#release();
  }

  #release() {
    for (const made of this.#held.values())
      made.setAttribute('aria-pressed', 'false');
    this.#held.clear();
  }
}
