import assert from 'node:assert/strict';
import test from 'node:test';
import { Clipboard } from '../../src/main/resources/page/view/clipboard.js';

/** As much of a browser as a clipboard touches; sent: what each console was given. */
function clipboard() {
  const page = {};
  globalThis.addEventListener = () => {};
  globalThis.document = { addEventListener: () => {}, body: { dataset: { state: 'live' } } };
  globalThis.window = { Guacamole: { StringWriter: class {
    constructor(sent) {
      this.sendText = text => sent.push(text);
      this.sendEnd = () => {};
    }
  } } };
  const tested = new Clipboard(page);
  const open = () => {
    const sent = [];
    page.client = { createClipboardStream: () => sent };
    tested.live(page.client);
    return sent;
  };
  return { tested, open };
}

test('the same text goes to a console once', () => {
  const { tested, open } = clipboard();
  const sent = open();
  tested.send('a password');
  tested.send('a password');
  assert.deepEqual(sent, ['a password']);
});

test('a console that is opened again has what the one before it had', () => {
  const { tested, open } = clipboard();
  assert.deepEqual(open(), []);
  tested.send('a password');
  assert.deepEqual(open(), ['a password']);
});
