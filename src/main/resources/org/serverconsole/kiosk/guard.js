// Runs before every page of a kiosk. The page gets every key and the browser none: what a page does not take, nobody does.
'use strict';
(() => {
  const stop = event => event.preventDefault();
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
