// What comes after the first picture: the bar and everything it opens. Each view is a class of its own; here they meet.

import { Clock } from '../core/clock.js';
import { KEYSYM, MenuShortcut } from '../core/keys.js';
import { Bar } from './bar.js';
import { Clipboard } from './clipboard.js';
import { Dock } from './dock.js';
import { stylesheet } from './dom.js';
import { Notices } from './notices.js';
import { Pointer } from './pointer.js';
import { ask, say } from './dialogs.js';
import { Typing } from './typing.js';

/** @param page what console.js offers */
export async function start(page) {
  await Promise.all([page.texts.load(), stylesheet('view/view.css')]);
  return new Views(page);
}

class Views {

  #page;
  #clock = new Clock();
  #shortcut = new MenuShortcut();
  #bar;
  #notices;
  #clipboard;
  #pointer;
  #typing;
  #ticking;

  constructor(page) {
    this.#page = page;
    page.text = (name, variables = {}) => page.Texts.fill(page.texts.lookUp('CONSOLE.' + name) ?? name, variables);
    page.actions = this.#actions();
    this.#notices = page.notices = new Notices(page);
    this.#clipboard = page.clipboard = new Clipboard(page);
    this.#pointer = page.pointer = new Pointer(page);
    this.#typing = page.typing = new Typing(page);
    this.#bar = new Bar(page);
    page.input.keys = { down: keysym => this.#down(keysym), up: keysym => this.#up(keysym) };
  }

  /** A console is on the screen, for the first time or again. */
  async live(client) {
    this.#clipboard.live(client);
    this.#pointer.live(client);
    this.#notices.clear('network');
    const { deadline } = document.body.dataset;
    if (deadline)
      this.timeLeft(Math.max(0, Math.round((deadline - Date.now()) / 1000)));
    this.watched(document.body.dataset.watched === 'true');
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#tick(), 1000);
    this.#bar.live();
    try {
      this.#described(await this.#page.session.describe());
    } catch {
      this.#bar.describe({}); // without the server's own word there is still the console, and most of the bar
    }
  }

  timeLeft(seconds) {
    this.#clock.set(seconds);
    this.#notices.clear('time');
    this.#tick();
  }

  /** Somebody looks on. */
  watched(watched) {
    if (watched)
      this.#notices.show('watched', this.#page.text('PAGE_WATCHED'), { closable: true });
    else
      this.#notices.clear('watched');
  }

  unstable(unstable) {
    if (unstable)
      this.#notices.show('network', this.#page.text('PAGE_UNSTABLE'));
    else
      this.#notices.clear('network');
  }

  lost() {
    this.#typing.cancel();
    this.#shortcut.reset();
    this.#notices.clear('network');
  }

  over() {
    clearInterval(this.#ticking);
    this.#typing.cancel();
    this.#shortcut.reset();
    this.#notices.clearAll();
    this.#bar.over();
    Dock.closeAll();
  }

  #described(description) {
    const { session } = this.#page;
    if (!session.hasChosenLanguage && description.locale)
      this.#changeLanguage(description.locale);
    this.canExtend = description.canExtend;
    this.#bar.describe(description);
  }

  #tick() {
    if (!this.#clock.isSet)
      return;
    this.#bar.tick(this.#clock.left);
    const warning = this.#clock.takeWarning();
    if (warning)
      this.#warn(warning);
  }

  #warn(seconds) {
    const { text, actions } = this.#page;
    const minutes = Math.round(seconds / 60);
    this.#notices.show('time', text('WARN_' + minutes + '_MINUTES') + (this.canExtend ? '' : ' ' + text('WARN_LAST')), {
      urgent: minutes <= 2,
      closable: true,
      actions: this.canExtend ? [[text('BAR_KEEP_OPEN'), actions.keepOpen]] : []
    });
  }

  #actions() {
    const page = this.#page;
    return {
      keepOpen: () => this.#keepOpen(),
      end: () => this.#end(),
      language: async tag => {
        page.session.remember({ language: tag });
        await this.#changeLanguage(tag);
      }
    };
  }

  async #keepOpen() {
    const { session, text } = this.#page;
    try {
      const { extended, secondsLeft, canExtend } = await session.extend();
      this.canExtend = canExtend;
      this.#bar.canExtend(canExtend);
      this.timeLeft(secondsLeft);
      this.#notices.show('done', text(extended ? 'KEPT_OPEN' : 'KEPT_OPEN_NOT', { TIME: this.#bar.time }), { brief: true });
    } catch (refused) {
      say(this.#page, refused);
    }
  }

  async #end() {
    const { session, text } = this.#page;
    const sure = await ask(this.#page, text('END_TITLE'), text('END_QUESTION'), text('BAR_END'), { danger: true });
    if (!sure)
      return;
    try {
      await session.end();
    } catch (refused) {
      say(this.#page, refused);
    }
  }

  async #changeLanguage(tag) {
    const { texts } = this.#page;
    const before = texts.language;
    texts.choose([tag, before]);
    await texts.load();
    if (texts.language !== before) {
      this.#bar.rebuild();
      this.#tick();
    }
  }

  #down(keysym) {
    if (this.#typing.isRunning) {
      if (keysym === KEYSYM.escape)
        this.#typing.cancel();
      return false;
    }
    this.#shortcut.keydown(keysym);
    return this.#clipboard.keydown(keysym);
  }

  #up(keysym) {
    if (this.#typing.isRunning)
      return;
    const asked = this.#shortcut.keyup(keysym);
    this.#clipboard.keyup(keysym);
    if (asked) {
      this.#page.input.release();
      this.#bar.enter();
    }
  }
}
