// Keys by their X keysyms, which is what the Guacamole protocol carries. Knows no DOM.

export const KEYSYM = Object.freeze({
  backspace: 0xFF08, tab: 0xFF09, enter: 0xFF0D, escape: 0xFF1B, print: 0xFF61, pause: 0xFF13, scrollLock: 0xFF14,
  home: 0xFF50, left: 0xFF51, up: 0xFF52, right: 0xFF53, down: 0xFF54, pageUp: 0xFF55, pageDown: 0xFF56, end: 0xFF57,
  insert: 0xFF63, menu: 0xFF67, f1: 0xFFBE, shift: 0xFFE1, ctrl: 0xFFE3, capsLock: 0xFFE5, alt: 0xFFE9, win: 0xFFEB,
  altGr: 0xFE03, del: 0xFFFF, space: 0x20
});

const chord = (name, ...keysyms) => ({ name, keysyms });
const letter = character => character.charCodeAt(0);

/** What a person at a broken server asks for first. */
export const COMMON_CHORDS = [
  chord('Ctrl-Alt-Del', KEYSYM.ctrl, KEYSYM.alt, KEYSYM.del),
  chord('Alt-Tab', KEYSYM.alt, KEYSYM.tab),
  chord('Alt-F4', KEYSYM.alt, KEYSYM.f1 + 3),
  chord('Win', KEYSYM.win),
  chord('Print Screen', KEYSYM.print)
];

/** The text consoles of Linux. */
export const TERMINAL_CHORDS = Array.from({ length: 12 },
  (_, index) => chord('Ctrl-Alt-F' + (index + 1), KEYSYM.ctrl, KEYSYM.alt, KEYSYM.f1 + index));

/** Linux's last resorts, in the order in which they belong: unraw, terminate, kill, sync, unmount, reboot. */
export const SYSRQ_CHORDS = ['r', 'e', 'i', 's', 'u', 'b'].map(
  key => chord('SysRq-' + key.toUpperCase(), KEYSYM.alt, KEYSYM.print, letter(key)));

/** Presses in that order, releases in the opposite one. */
export function press(send, keysyms) {
  for (const keysym of keysyms)
    send(1, keysym);
  for (const keysym of [...keysyms].reverse())
    send(0, keysym);
}

const SHIFTED = '~!@#$%^&*()_+{}|:"<>?';
const CONTROL = new Map([['\n', KEYSYM.enter], ['\r', KEYSYM.enter], ['\t', KEYSYM.tab], ['\b', KEYSYM.backspace],
  ['\x1b', KEYSYM.escape]]);

/** The keysym of one character (X11 protocol, appendix A): Latin-1 as it is, all others as Unicode. */
export function keysymOf(character) {
  const point = character.codePointAt(0);
  const isLatin1 = point >= 0x20 && point <= 0x7E || point >= 0xA0 && point <= 0xFF;
  return CONTROL.get(character) ?? (isLatin1 ? point : 0x01000000 | point);
}

/**
 * The chords that type a text, one for each character. What needs Shift on a keyboard comes with Shift: a display knows by
 * the keysym what is meant, but QEMU and most BMCs only press the key that carries it, and would type the small letter.
 */
export function chordsOf(text) {
  return Array.from(text.replace(/\r\n?/g, '\n').normalize('NFC'), character => {
    const isShifted = SHIFTED.includes(character) || character !== character.toLowerCase();
    return isShifted ? [KEYSYM.shift, keysymOf(character)] : [keysymOf(character)];
  });
}

/** Left and right ones, and what Alt becomes while Shift is held. */
const MENU_KEYS = new Map([[0xFFE1, 'shift'], [0xFFE2, 'shift'], [0xFFE3, 'ctrl'], [0xFFE4, 'ctrl'], [0xFFE9, 'alt'],
  [0xFFEA, 'alt'], [0xFFE7, 'alt'], [0xFFE8, 'alt']]);

/** Sees Ctrl-Alt-Shift, pressed together and with nothing else, when it is let go of again. */
export class MenuShortcut {

  #down = new Set();
  #armed = false;

  keydown(keysym) {
    this.#down.add(keysym);
    const names = new Set([...this.#down].map(key => MENU_KEYS.get(key)));
    this.#armed = names.size === 3 && !names.has(undefined);
  }

  /** @return whether the menu is asked for */
  keyup(keysym) {
    this.#down.delete(keysym);
    const asked = this.#armed && MENU_KEYS.has(keysym);
    this.#armed = false;
    return asked;
  }

  reset() {
    this.#down.clear();
    this.#armed = false;
  }
}
