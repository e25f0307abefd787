// How long a session still lasts. Knows no DOM, and no time but the one it is given.

/** Seconds before the end at which a customer wants to know. */
export const WARNINGS = [600, 120];

export class Clock {

  #now;
  #deadline;
  #due = [];

  /** @param now milliseconds of a clock that goes on while the machine sleeps */
  constructor(now = Date.now) {
    this.#now = now;
  }

  /** Sets, or moves, the deadline; warnings whose time has passed already are not given any more. */
  set(secondsLeft) {
    this.#deadline = this.#now() + secondsLeft * 1000;
    this.#due = WARNINGS.filter(warning => warning < secondsLeft);
  }

  get isSet() {
    return this.#deadline !== undefined;
  }

  /** Whole seconds, never below 0. */
  get left() {
    return Math.max(0, Math.ceil((this.#deadline - this.#now()) / 1000));
  }

  /** The warning to be given now, in seconds, or undefined. Each is given once; of several that are due, the last one. */
  takeWarning() {
    const passed = this.#due.filter(warning => warning >= this.left);
    this.#due = this.#due.filter(warning => warning < this.left);
    return passed.at(-1);
  }
}

/** As a person reads it: 1:59:07, 9:05. */
export function format(seconds) {
  const two = number => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
