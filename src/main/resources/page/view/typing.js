import { PACE, Typist } from '../core/typist.js';
import { cancelButton, open } from './dialogs.js';
import { button, el } from './dom.js';

/** Types a text at the console, key by key: what a firmware or a login prompt understands, where there is no clipboard. */
export class Typing {

  #page;
  #typist;

  constructor(page) {
    this.#page = page;
  }

  get isRunning() {
    return this.#typist !== undefined;
  }

  cancel() {
    this.#typist?.cancel();
  }

  /** Asks for the text. */
  async ask() {
    const { text } = this.#page;
    const words = el('textarea', { id: 'type-words', rows: 4, autocomplete: 'off', spellcheck: false, autocapitalize: 'off' });
    const check = (id, name) => el('input', { id, type: 'checkbox', name });
    const [enter, slow, hide] = [check('type-enter'), check('type-slow'), check('type-hide')];
    hide.onchange = () => words.classList.toggle('hidden-words', hide.checked);
    const line = (box, label) => el('label', { className: 'check' }, box, label);
    const tools = navigator.clipboard?.readText
      ? [button(text('TYPE_PASTE'), () => this.#fill(words), { className: 'quiet' })] : [];
    const answer = await open(this.#page, text('TYPE_TITLE'), [
      el('label', { for: 'type-words', textContent: text('TYPE_HINT') }), words, ...tools,
      line(hide, text('TYPE_HIDE')), line(enter, text('TYPE_ENTER')), line(slow, text('TYPE_SLOWLY'))
    ], [cancelButton(this.#page), el('button', { type: 'submit', value: 'type', className: 'primary', textContent: text('TYPE_START') })]);
    const typed = words.value;
    words.value = '';
    if (answer === 'type' && typed)
      await this.#type(typed + (enter.checked ? '\n' : ''), slow.checked ? PACE.slow : PACE.normal);
  }

  async #fill(words) {
    try {
      words.value = await navigator.clipboard.readText();
    } catch {
      // The browser, or the customer, does not allow it: pasting into the field always works.
    }
    words.focus();
  }

  async #type(words, pace) {
    const { notices, text } = this.#page;
    const typist = this.#typist = new Typist((pressed, keysym) => this.#page.send(pressed, keysym));
    const bar = el('progress', { max: 1, value: 0, 'aria-label': text('BAR_TYPE') });
    const notice = notices.show('typing', text('TYPE_RUNNING'), { actions: [[text('TYPE_STOP'), () => this.cancel()]] });
    notice.querySelector('.words').after(bar);
    const count = el('span', { className: 'count', 'aria-hidden': 'true' });
    bar.after(count);
    let total = 0;
    if (document.body.dataset.state !== 'live')
      this.cancel(); // the network went while the dialog was open: nothing that is typed now would arrive
    try {
      const done = await typist.type(words, pace, (typed, all) => {
        total = all;
        bar.value = typed / all;
        count.textContent = `${typed} / ${all}`;
      });
      notices.clear('typing');
      notices.show('typing', text(done === total ? 'TYPE_DONE' : 'TYPE_STOPPED', { TYPED: done, TOTAL: total }), { brief: true });
    } finally {
      this.#typist = undefined;
    }
  }
}
