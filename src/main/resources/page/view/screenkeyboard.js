import { KEYSYM, keysymOf } from '../core/keys.js';
import { Dock } from './dock.js';
import { button, el } from './dom.js';

const pair = (plain, shifted) => Array.from(plain, (character, index) => ({
  label: character, keysym: keysymOf(character), shifted: shifted[index] }));
const key = (label, keysym, width = 1.5) => ({ label, keysym, width });
const modifier = (label, keysym, width = 1.5) => ({ label, keysym, width, sticks: true });

/** A US keyboard, which is what a firmware takes every keyboard for. */
const ROWS = [
  [key('Esc', KEYSYM.escape), ...Array.from({ length: 12 }, (_, index) => key('F' + (index + 1), KEYSYM.f1 + index, 1)),
    key('Del', KEYSYM.del)],
  [...pair('`1234567890-=', '~!@#$%^&*()_+'), key('⌫', KEYSYM.backspace, 2)],
  [key('Tab', KEYSYM.tab), ...pair('qwertyuiop[]\\', 'QWERTYUIOP{}|')],
  [key('Caps', KEYSYM.capsLock, 1.75), ...pair("asdfghjkl;'", 'ASDFGHJKL:"'), key('Enter', KEYSYM.enter, 2.25)],
  [modifier('Shift', KEYSYM.shift, 2.25), ...pair('zxcvbnm,./', 'ZXCVBNM<>?'), key('↑', KEYSYM.up, 1), key('PgUp', KEYSYM.pageUp),
    key('Home', KEYSYM.home)],
  [modifier('Ctrl', KEYSYM.ctrl), modifier('Win', KEYSYM.win), modifier('Alt', KEYSYM.alt), key('Space', KEYSYM.space, 4),
    modifier('AltGr', KEYSYM.altGr), key('←', KEYSYM.left, 1), key('↓', KEYSYM.down, 1), key('→', KEYSYM.right, 1),
    key('PgDn', KEYSYM.pageDown), key('End', KEYSYM.end)]
];

/** A keyboard to be pressed with a finger or a mouse. Shift, Ctrl and the like hold until the next key. */
export class ScreenKeyboard extends Dock {

  static id = 'screen-keyboard';
  static label = 'MENU_SCREEN_KEYBOARD';

  #held = new Map();
  #letters = [];

  build() {
    return ROWS.map(row => el('div', { className: 'key-row' }, ...row.map(one => this.#make(one))));
  }

  leave() {
    this.#releaseHeld();
  }

  #make(one) {
    const made = button(one.label, () => one.sticks ? this.#stick(one, made) : this.#press(one),
      { className: one.label.length > 2 ? 'key named' : 'key' });
    made.style.flexGrow = one.width ?? 1;
    if (one.sticks)
      made.setAttribute('aria-pressed', 'false');
    if (one.shifted)
      this.#letters.push([made, one]);
    return made;
  }

  #stick({ keysym }, made) {
    const isHeld = this.#held.has(keysym);
    this.page.send(isHeld ? 0 : 1, keysym);
    if (isHeld)
      this.#held.delete(keysym);
    else
      this.#held.set(keysym, made);
    made.setAttribute('aria-pressed', !isHeld);
    this.#showLetters();
  }

  #press({ keysym, shifted }) {
    const meant = shifted && this.#held.has(KEYSYM.shift) ? keysymOf(shifted) : keysym;
    this.page.send(1, meant);
    this.page.send(0, meant);
    this.#releaseHeld();
  }

  #releaseHeld() {
    for (const [keysym, made] of this.#held) {
      this.page.send(0, keysym);
      made.setAttribute('aria-pressed', 'false');
    }
    this.#held.clear();
    this.#showLetters();
  }

  #showLetters() {
    const isShifted = this.#held.has(KEYSYM.shift);
    for (const [made, { label, shifted }] of this.#letters)
      made.firstChild.textContent = isShifted ? shifted : label;
  }
}
