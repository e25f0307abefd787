import { button, el } from './dom.js';
import { ScreenKeyboard } from './screenkeyboard.js';
import { TextField } from './textfield.js';

const LANGUAGES = { en: 'English', ru: 'Русский' };
const [SMALLEST, LARGEST, STEP] = [0.25, 4, 1.25];

/** What is set once and then left: picture, touch, keyboards, clipboard, language. */
export class MenuPanel {

  #page;
  #zoom = el('output', { className: 'zoom' });

  constructor(page) {
    this.#page = page;
    const { text } = page;
    this.element = el('div', { className: 'panel', id: 'panel-menu', role: 'group', 'aria-label': text('BAR_MENU') },
      this.#section('MENU_PICTURE', this.#picture()),
      this.#section('MENU_KEYBOARDS', this.#keyboards()),
      this.#section('MENU_TOUCH', this.#touch()),
      this.#section('MENU_CLIPBOARD', this.#clipboard()),
      this.#section('MENU_LANGUAGE', this.#language()),
      el('p', { className: 'hint', textContent: text('MENU_HINT') }));
    this.#showZoom();
  }

  #section(title, ...content) {
    return el('section', {}, el('h2', { textContent: this.#page.text(title) }), ...content);
  }

  #picture() {
    const { text } = this.#page;
    return el('div', { className: 'row' },
      button(text('ZOOM_FIT'), () => this.#setZoom('fit'), { id: 'zoom-fit' }),
      button('100 %', () => this.#setZoom(1), { id: 'zoom-1' }),
      button('−', () => this.#scale(1 / STEP), { id: 'zoom-out', 'aria-label': text('ZOOM_OUT') }),
      this.#zoom,
      button('+', () => this.#scale(STEP), { id: 'zoom-in', 'aria-label': text('ZOOM_IN') }));
  }

  #setZoom(zoom) {
    const { stage } = this.#page;
    stage.zoom = zoom;
    stage.fit();
    this.#showZoom();
  }

  #scale(factor) {
    const { client, stage } = this.#page;
    const now = stage.zoom === 'fit' ? client.getDisplay().getScale() * devicePixelRatio : stage.zoom;
    this.#setZoom(Math.min(LARGEST, Math.max(SMALLEST, now * factor)));
  }

  #showZoom() {
    const { client, stage } = this.#page;
    const scale = (client?.getDisplay().getScale() ?? 1) * devicePixelRatio;
    this.#zoom.textContent = Math.round(scale * 100) + ' %';
    for (const [id, zoom] of [['zoom-fit', 'fit'], ['zoom-1', 1]])
      this.element?.querySelector('#' + id)?.setAttribute('aria-pressed', stage.zoom === zoom);
  }

  #keyboards() {
    const { text } = this.#page;
    const toggle = (id, label, kind) => button(text(label), event => {
      event.currentTarget.setAttribute('aria-pressed', kind.toggle(this.#page));
    }, { id, 'aria-pressed': String(kind.isShown), 'data-closes': '' });
    return el('div', { className: 'row' },
      toggle('show-keyboard', 'MENU_SCREEN_KEYBOARD', ScreenKeyboard), toggle('show-text-field', 'MENU_TEXT_FIELD', TextField));
  }

  #touch() {
    const { pointer, text } = this.#page;
    const choice = (value, label) => el('label', { className: 'check' },
      el('input', { type: 'radio', name: 'touch', value, checked: pointer.touch === value,
        onchange: () => pointer.touch = value }), text(label));
    return el('div', { className: 'row', role: 'radiogroup', 'aria-label': text('MENU_TOUCH') },
      choice('screen', 'TOUCH_SCREEN'), choice('pad', 'TOUCH_PAD'));
  }

  #clipboard() {
    const { clipboard, text } = this.#page;
    const field = el('textarea', { id: 'clipboard', rows: 3, value: clipboard.text, spellcheck: false,
      'aria-label': text('MENU_CLIPBOARD'), placeholder: text('CLIPBOARD_HINT'), onchange: () => clipboard.send(field.value) });
    clipboard.onchange = () => field.value = clipboard.text;
    return field;
  }

  #language() {
    const { actions, text, texts } = this.#page;
    return el('select', { id: 'language', 'aria-label': text('MENU_LANGUAGE'), onchange: event => actions.language(event.target.value) },
      ...Object.entries(LANGUAGES).map(([value, textContent]) =>
        el('option', { value, textContent, lang: value, selected: value === texts.language })));
  }
}
