import { button, el } from './dom.js';

/** Something below the picture, which makes room for it. One at a time. */
export class Dock {

  static #shown = new Map();

  static get isShown() {
    return Dock.#shown.has(this);
  }

  /** @return whether it is shown now */
  static toggle(page) {
    const shown = Dock.#shown.get(this);
    if (shown) {
      shown.close();
      return false;
    }
    Dock.closeAll();
    const dock = new this(page);
    Dock.#shown.set(this, dock);
    dock.#show();
    return true;
  }

  static closeAll() {
    [...Dock.#shown.values()].forEach(dock => dock.close());
  }

  constructor(page) {
    this.page = page;
  }

  #show() {
    const { page } = this;
    const { id, label } = this.constructor;
    this.element = el('section', { id, className: 'dock', 'aria-label': page.text(label), 'data-own-keys': '' },
      ...this.build(), button(page.text('CLOSE'), () => this.close(), { name: 'close', iconOnly: true, className: 'dock-close' }));
    document.body.append(this.element);
    this.enter();
  }

  /** Takes the focus where it needs it. */
  enter() { }

  /** Lets go of what it holds. */
  leave() { }

  close() {
    this.leave();
    this.element.remove();
    Dock.#shown.delete(this.constructor);
    this.page.input.focus();
  }
}
