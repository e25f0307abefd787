import { format } from '../core/clock.js';
import { button, el } from './dom.js';
import { KeysPanel } from './keyspanel.js';
import { MenuPanel } from './menupanel.js';
import { PowerPanel } from './powerpanel.js';
import { saveScreenshot, toggleFullScreen } from './screen.js';

const GREETING = 5000; // ms for which the bar shows itself when a console opens
const LINGER = 900;    // ms after the pointer has left it
const URGENT = 120;    // seconds

/** The slim bar at the top: out of the way until it is asked for, by pointer, finger, or Ctrl-Alt-Shift. */
export class Bar {

  #page;
  #bar = document.getElementById('bar');
  #description = {};
  #panel;
  #closing;
  #greeted = false;
  #clock;
  #keepOpen;
  #grip;

  constructor(page) {
    this.#page = page;
    this.#bar.setAttribute('data-own-keys', '');
    this.#bar.addEventListener('pointerenter', event => event.pointerType === 'mouse' && this.#open());
    this.#bar.addEventListener('pointerleave', event => event.pointerType === 'mouse' && this.#closeSoon(LINGER));
    this.#bar.addEventListener('keydown', event => this.#keydown(event));
    this.#bar.addEventListener('focusout', event => this.#bar.contains(event.relatedTarget) || this.#closeSoon(LINGER));
    page.stage.element.addEventListener('pointerdown', () => this.close());
    addEventListener('fullscreenchange', () => this.rebuild());
    addEventListener('resize', () => this.#placePanel());
    this.rebuild();
  }

  get time() {
    return this.#clock.textContent;
  }

  /** Makes everything anew: for another language, or when there is more to offer. What is open stays so. */
  rebuild() {
    const panel = this.#panel;
    const focused = this.#bar.contains(document.activeElement) && (document.activeElement.id || panel?.opener.id);
    this.#closePanel();
    this.#grip = button(this.#page.text('BAR_SHOW'), () => this.#toggle(), { id: 'grip', name: 'down', iconOnly: true,
      'aria-expanded': String(this.#isOpen) });
    this.#bar.replaceChildren(this.#makeTools(this.#description), this.#grip);
    this.canExtend(this.#description.canExtend);
    const opener = panel && document.getElementById(panel.opener.id);
    if (opener?.checkVisibility())
      this.#openPanel(opener, panel.make, false);
    if (focused)
      document.getElementById(focused)?.focus();
  }

  #makeTools({ label = this.#page.card.label.textContent, location, power = [], watching = false }) {
    const { text, actions, typing } = this.#page;
    const isFull = Boolean(document.fullscreenElement);
    this.#clock = el('span', { id: 'time', className: 'time', textContent: this.#clock?.textContent ?? '', title: text('BAR_TIME_LEFT') });
    this.#keepOpen = button(text('BAR_KEEP_OPEN'), actions.keepOpen, { id: 'keep-open', name: 'clock' });
    const powerOpener = this.#opener('bar-power', 'BAR_POWER', 'power', () => new PowerPanel(this.#page, this.#description));
    powerOpener.hidden = !power.length;
    const tools = el('div', { className: 'tools', role: 'toolbar', 'aria-label': text('BAR_NAME') },
      el('div', { className: 'about' }, el('strong', { textContent: label, title: label }),
        location ? el('span', { className: 'location', textContent: location }) : undefined),
      el('div', { className: 'left' }, el('span', { className: 'quiet', textContent: text('BAR_TIME_LEFT') }), this.#clock),
      this.#keepOpen,
      this.#opener('bar-keys', 'BAR_KEYS', 'keys', () => new KeysPanel(this.#page, this.#description)),
      button(text('BAR_TYPE'), this.#leaving(() => typing.ask()), { id: 'bar-type', name: 'type' }),
      powerOpener,
      button(text('BAR_SCREENSHOT'), this.#leaving(() => saveScreenshot(this.#page)),
        { id: 'bar-screenshot', name: 'camera', iconOnly: true }),
      button(text(isFull ? 'BAR_FULL_SCREEN_LEAVE' : 'BAR_FULL_SCREEN'), toggleFullScreen,
        { id: 'bar-full', name: 'full', iconOnly: true, hidden: !document.fullscreenEnabled }),
      this.#opener('bar-menu', 'BAR_MENU', 'menu', () => new MenuPanel(this.#page)),
      button(text('BAR_END'), this.#leaving(actions.end), { id: 'bar-end', name: 'end', className: 'end' }));
    // Whoever looks on changes nothing.
    tools.querySelectorAll('#bar-keys, #bar-type, #bar-end').forEach(tool => tool.hidden = watching);
    return tools;
  }

  live() {
    this.#bar.hidden = false;
    if (!this.#greeted) {
      this.#greeted = true;
      this.#open();
      this.#closeSoon(GREETING);
    }
  }

  over() {
    this.#closePanel();
    this.close();
    this.#bar.hidden = true;
    document.querySelectorAll('dialog').forEach(dialog => dialog.close(''));
  }

  describe(description) {
    this.#description = { ...this.#description, ...description };
    this.rebuild();
  }

  canExtend(possible) {
    this.#description.canExtend = possible;
    this.#keepOpen.hidden = !possible;
  }

  tick(left) {
    this.#clock.textContent = format(left);
    this.#bar.classList.toggle('urgent', left <= URGENT);
  }

  /** Opens it for the keyboard; Escape leads back to the console. */
  enter() {
    this.#open();
    // Not at once: after every key the library gives the focus to its own field, a moment later.
    setTimeout(() => [...this.#bar.querySelectorAll('.tools button')].find(tool => tool.checkVisibility())?.focus());
  }

  close() {
    clearTimeout(this.#closing);
    this.#closePanel();
    this.#bar.classList.remove('open');
    this.#grip.setAttribute('aria-expanded', 'false');
    if (this.#bar.contains(document.activeElement)) {
      document.activeElement.blur();
      this.#page.input.focus();
    }
  }

  get #isOpen() {
    return this.#bar.classList.contains('open');
  }

  #open() {
    clearTimeout(this.#closing);
    this.#bar.classList.add('open');
    this.#grip.setAttribute('aria-expanded', 'true');
  }

  #toggle() {
    if (this.#isOpen)
      this.close();
    else
      this.#open();
  }

  /** Unless somebody is still at it by then. */
  #closeSoon(delay) {
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => {
      const isUsed = this.#panel || this.#bar.matches(':hover') || this.#bar.contains(document.activeElement);
      if (!isUsed)
        this.close();
    }, delay);
  }

  /** Does something for which the bar is no longer needed. */
  #leaving(action) {
    return () => {
      this.close();
      action();
    };
  }

  #opener(id, label, name, make) {
    const { text } = this.#page;
    const opener = button(text(label), event => this.#openPanel(opener, make, event.detail === 0),
      { id, name, 'aria-expanded': 'false', 'aria-haspopup': 'true' });
    return opener;
  }

  #openPanel(opener, make, byKeyboard) {
    const again = this.#panel?.opener === opener;
    this.#closePanel();
    if (again)
      return;
    const { element } = make();
    this.#panel = { opener, element, make };
    opener.setAttribute('aria-expanded', 'true');
    element.addEventListener('click', event => event.target.closest('[data-closes]') && this.close());
    this.#bar.append(element);
    this.#placePanel();
    if (byKeyboard)
      element.querySelector('button:not(:disabled), select, textarea')?.focus();
  }

  /** Below the bar, and as near to what has opened it as there is room. */
  #placePanel() {
    if (!this.#panel)
      return;
    const { opener, element } = this.#panel;
    element.style.setProperty('--top', this.#bar.firstChild.getBoundingClientRect().bottom + 8 + 'px');
    const { left, width } = opener.getBoundingClientRect();
    const room = innerWidth - element.offsetWidth - 8;
    element.style.left = Math.max(8, Math.min(room, left + width / 2 - element.offsetWidth / 2)) + 'px';
  }

  #closePanel() {
    if (!this.#panel)
      return;
    const { opener, element } = this.#panel;
    const hadFocus = element.contains(document.activeElement);
    this.#panel = undefined;
    opener.setAttribute('aria-expanded', 'false');
    element.remove();
    if (hadFocus)
      opener.focus();
  }

  #keydown(event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      if (this.#panel)
        this.#closePanel();
      else
        this.close();
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      this.#walk(event);
    }
  }

  /** From one tool to the next, as in every toolbar. */
  #walk(event) {
    const tools = [...this.#bar.querySelectorAll('.tools button')].filter(tool => tool.checkVisibility());
    const here = tools.indexOf(document.activeElement);
    if (here < 0)
      return;
    event.preventDefault();
    tools[(here + (event.key === 'ArrowRight' ? 1 : -1) + tools.length) % tools.length].focus();
  }
}
