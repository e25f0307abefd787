import { ask, say } from './dialogs.js';
import { button, el } from './dom.js';

/** What is done to a server's power, each with its name in PowerControl.Action, and the state in which it makes no sense. */
const ACTIONS = [
  { action: 'ON', useless: 'ON' },
  { action: 'SOFT_OFF', useless: 'OFF' },
  { action: 'RESET', useless: 'OFF', danger: true },
  { action: 'CYCLE', useless: 'OFF', danger: true },
  { action: 'OFF', useless: 'OFF', danger: true }
];

/** The server's power, as its management system tells and does it. */
export class PowerPanel {

  #page;
  #label;
  #state;
  #buttons;

  /** @param description label, and power: the actions that the vendor has */
  constructor(page, { label, power }) {
    this.#page = page;
    this.#label = label;
    const { text } = page;
    this.#state = el('p', { className: 'power-state', role: 'status', textContent: text('POWER_ASKING') });
    this.#buttons = new Map(ACTIONS.filter(({ action }) => power.includes(action)).map(one => [one,
      button(text('POWER_' + one.action), () => this.#confirm(one),
        { id: 'power-' + one.action, className: one.danger ? 'item danger' : 'item', 'data-closes': '' })]));
    this.element = el('div', { className: 'panel', id: 'panel-power', role: 'group', 'aria-label': text('BAR_POWER') },
      this.#state, ...this.#buttons.values());
    this.#ask();
  }

  async #ask() {
    const { session, text } = this.#page;
    try {
      const { state } = await session.power();
      this.#state.textContent = text('POWER_IS_' + state);
      this.#state.dataset.power = state;
      for (const [{ useless }, item] of this.#buttons)
        item.disabled = useless === state;
    } catch {
      this.#state.textContent = text('POWER_IS_UNKNOWN');
    }
  }

  async #confirm({ action, danger }) {
    const { text } = this.#page;
    const SERVER = this.#label;
    const sure = await ask(this.#page, text('POWER_ASK_' + action, { SERVER }), text('POWER_EFFECT_' + action),
      text('POWER_' + action), { danger });
    if (sure)
      await perform(this.#page, action);
  }
}

/** @return whether the vendor has accepted it */
export async function perform(page, action) {
  const { notices, session, text } = page;
  notices.show('power', text('POWER_RUNNING'), { busy: true });
  try {
    await session.perform(action);
    notices.show('power', text('POWER_DONE_' + action), { brief: true });
    return true;
  } catch (refused) {
    notices.clear('power');
    say(page, refused);
    return false;
  }
}
