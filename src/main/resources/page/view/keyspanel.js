import { COMMON_CHORDS, press, SYSRQ_CHORDS, TERMINAL_CHORDS } from '../core/keys.js';
import { button, el } from './dom.js';

/** Keys that a browser or its operating system would keep for itself. */
export class KeysPanel {

  /** @param description keys: the operator's own, [{name, keysyms}] */
  constructor(page, { keys = [] }) {
    const { text } = page;
    const key = (chord, closes) => button(chord.name,
      () => press((pressed, keysym) => page.send(pressed, keysym), chord.keysyms),
      { className: 'key', ...closes && { 'data-closes': '' } });
    const group = (title, chords, { closes = true, narrow = false } = {}) => chords.length
      ? el('section', {}, el('h2', { textContent: title }),
        el('div', { className: narrow ? 'keys narrow' : 'keys' }, ...chords.map(chord => key(chord, closes))))
      : undefined;
    const last = ({ name, keysyms }) => ({ name: name.split('-').at(-1), keysyms });
    this.element = el('div', { className: 'panel', id: 'panel-keys', role: 'group', 'aria-label': text('BAR_KEYS') },
      group(text('KEYS_COMMON'), COMMON_CHORDS),
      group(text('KEYS_OWN'), keys),
      group(text('KEYS_TERMINALS'), TERMINAL_CHORDS.map(last), { narrow: true }),
      // One after the other, with time in between: so the panel stays.
      group(text('KEYS_SYSRQ'), SYSRQ_CHORDS.map(last), { closes: false, narrow: true }),
      el('p', { className: 'hint', textContent: text('KEYS_SYSRQ_HINT') }));
  }
}
