const EVENTS = ['mousedown', 'mousemove', 'mouseup'];
const MARGIN = 40; // pixels around the pointer that stay in view where the picture is larger than the window

/** Mouse, and a finger: either on the screen itself, or as on a touchpad that moves a pointer. */
export class Pointer {

  #page;
  #moved;
  /** 'screen' or 'pad'. */
  touch = 'screen';

  constructor(page) {
    this.#page = page;
  }

  live(client) {
    const { Mouse } = window.Guacamole;
    const display = client.getDisplay();
    const element = display.getElement();
    const mouse = new Mouse(element);
    this.#send(client, mouse, false, () => true);
    this.#send(client, new Mouse.Touchscreen(element), true, () => this.touch === 'screen');
    const pad = new Mouse.Touchpad(element);
    this.#send(client, pad, true, () => this.touch === 'pad');
    // A touchpad moves the pointer from where anything else has left it, at first from the middle.
    const from = (x, y) => Object.assign(pad.currentState, { x, y });
    from(element.offsetWidth / 2, element.offsetHeight / 2);
    this.#moved = ({ x, y }) => from(x, y);
    element.addEventListener('mousedown', event => {
      event.preventDefault(); // no dragging of the picture
      document.activeElement?.closest('[data-own-keys]') && document.activeElement.blur();
      this.#page.input.focus();
    });
    display.oncursor = (canvas, x, y) => canvas.width && canvas.height && mouse.setCursor(canvas, x, y);
    const cursor = display.getCursorLayer();
    if (cursor.width && cursor.height)
      display.oncursor(cursor.toCanvas(), display.cursorHotspotX, display.cursorHotspotY);
    display.showCursor(false);
  }

  /** @param drawCursor a finger has no cursor of its own */
  #send(client, source, drawCursor, isWanted) {
    source.onEach(EVENTS, event => {
      if (!isWanted())
        return;
      client.getDisplay().showCursor(drawCursor);
      client.sendMouseState(event.state, true);
      this.#moved(event.state);
      this.#keepInView(event.state);
    });
  }

  #keepInView({ x, y }) {
    const { stage } = this.#page;
    if (stage.zoom === 'fit')
      return;
    const { element } = stage;
    const into = (position, start, length) =>
      position < start + MARGIN ? position - MARGIN : Math.max(start, position + MARGIN - length);
    element.scrollTo(into(x, element.scrollLeft, element.clientWidth), into(y, element.scrollTop, element.clientHeight));
  }
}
