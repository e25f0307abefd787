// Runs before every page of a kiosk. The page gets every key and the browser none: what a page does not take, nobody does.
'use strict';
(() => {
  const stop = event => event.preventDefault();
  // The browser never tells of F11 what it takes for its own; the X server tells of XF86Tools, which is F13 to a page.
  for (const type of ['keydown', 'keyup']) {
    addEventListener(type, event => {
      if ((event.key === 'F13' || event.code === 'F13') && event.isTrusted) {
        stop(event);
        event.stopImmediatePropagation();
        const { ctrlKey, altKey, shiftKey, metaKey, repeat } = event;
        event.target.dispatchEvent(new KeyboardEvent(type, { key: 'F11', code: 'F11', keyCode: 122, which: 122, ctrlKey, altKey,
          shiftKey, metaKey, repeat, bubbles: true, cancelable: true, composed: true, view: window }));
      }
    }, true);
  }
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(F\d+|Browser.*|Launch.*|Tab|Escape|Backspace)$/.test(event.key)) {
      event.preventDefault();
    }
  }, true);
  for (const type of ['contextmenu', 'dragstart', 'dragenter', 'dragover', 'drop']) {
    addEventListener(type, stop, true);
  }
  addEventListener('wheel', event => {
    if (event.ctrlKey) {
      event.preventDefault();
    }
  }, {capture: true, passive: false});
  window.print = () => { };
  // A window that opens is closed at once, but has taken the keyboard by then; so none is opened.
  Object.defineProperty(window, 'open', {value: () => null});
  for (const type of ['click', 'auxclick']) {
    addEventListener(type, event => {
      const link = event.composedPath().find(node => node.href);
      if (link && ((link.target && link.target !== '_self') || event.ctrlKey || event.shiftKey || event.metaKey || event.button === 1)
          || type === 'auxclick') {
        event.preventDefault();
      }
    }, true);
  }
  // Some consoles are meant to be popups of a page that is not here.
  if (!window.opener) {
    window.opener = window;
  }
})();
