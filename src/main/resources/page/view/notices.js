import { button, el } from './dom.js';

const BRIEF = 4000; // ms

/** Short messages over the console, one for each topic; they take no focus and no keys. */
export class Notices {

  #page;
  #box = el('div', { id: 'notices', role: 'status', 'aria-live': 'polite', 'data-own-keys': '' });
  #shown = new Map();

  constructor(page) {
    this.#page = page;
    document.body.append(this.#box);
  }

  /** @param options actions [[label, press]], closable, busy, urgent, brief */
  show(topic, message, options = {}) {
    const known = this.#shown.get(topic);
    if (known?.message === message)
      return known.notice;
    this.clear(topic);
    const notice = this.#make(topic, message, options);
    const timer = options.brief ? setTimeout(() => this.clear(topic), BRIEF) : undefined;
    this.#shown.set(topic, { notice, message, timer });
    this.#box.append(notice);
    return notice;
  }

  #make(topic, message, { actions = [], closable = false, busy = false, urgent = false }) {
    const notice = el('div', { className: urgent ? 'notice urgent' : 'notice' },
      busy ? el('span', { className: 'spinner', 'aria-hidden': 'true' }) : undefined,
      el('span', { className: 'words', textContent: message }),
      ...actions.map(([label, press]) => button(label, press, { className: 'primary' })));
    if (closable)
      notice.append(button(this.#page.text('CLOSE'), () => this.clear(topic), { name: 'close', iconOnly: true }));
    return notice;
  }

  clear(topic) {
    const known = this.#shown.get(topic);
    clearTimeout(known?.timer);
    known?.notice.remove();
    this.#shown.delete(topic);
  }

  clearAll() {
    [...this.#shown.keys()].forEach(topic => this.clear(topic));
  }
}
