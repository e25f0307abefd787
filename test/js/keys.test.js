import assert from 'node:assert/strict';
import test from 'node:test';
import { chordsOf, COMMON_CHORDS, keysymOf, MenuShortcut, press, SYSRQ_CHORDS, TERMINAL_CHORDS }
  from '../../src/main/resources/page/core/keys.js';

const SHIFT = 0xFFE1;
const CTRL = 0xFFE3;
const ALT = 0xFFE9;

/** What a text comes to at the other end: whether Shift is held for each character, and its keysym. */
function typed(text) {
  return chordsOf(text).map(keysyms => [keysyms.length === 2 ? 'shift' : '', keysyms.at(-1)]);
}

test('small letters and digits are typed without Shift, capitals and what is above the digits with it', () => {
  assert.deepEqual(typed('a0A$'), [['', 0x61], ['', 0x30], ['shift', 0x41], ['shift', 0x24]]);
  assert.equal(chordsOf('A')[0][0], SHIFT);
});

test('every character of a password that looks like another stays itself', () => {
  const password = 'Pa$$w0rd-Ünï€ 0O1l';
  const back = chordsOf(password).map(keysyms => {
    const keysym = keysyms.at(-1);
    return String.fromCodePoint(keysym & 0x01000000 ? keysym - 0x01000000 : keysym);
  });
  assert.equal(back.join(''), password);
});

test('Latin-1 is itself as a keysym, everything else is Unicode', () => {
  assert.equal(keysymOf('ü'), 0xFC);
  assert.equal(keysymOf('€'), 0x010020AC);
  assert.equal(keysymOf('я'), 0x0100044F);
  assert.equal(keysymOf('😀'), 0x0101F600);
});

test('a line break in any spelling is one Enter, and a tab is Tab', () => {
  assert.deepEqual(chordsOf('a\r\nb\rc\nd\t').map(keysyms => keysyms.at(-1)),
    [0x61, 0xFF0D, 0x62, 0xFF0D, 0x63, 0xFF0D, 0x64, 0xFF09]);
});

test('a character that is written in two parts is typed as one', () => {
  assert.deepEqual(typed('u\u0308'), [['', 0xFC]]);
});

test('keys are released in the opposite order in which they are pressed', () => {
  const sent = [];
  press((pressed, keysym) => sent.push([pressed, keysym]), [CTRL, ALT, 0xFFFF]);
  assert.deepEqual(sent, [[1, CTRL], [1, ALT], [1, 0xFFFF], [0, 0xFFFF], [0, ALT], [0, CTRL]]);
});

test('the combinations people ask for are there', () => {
  assert.deepEqual(COMMON_CHORDS.map(({ name }) => name), ['Ctrl-Alt-Del', 'Alt-Tab', 'Alt-F4', 'Win', 'Print Screen']);
  assert.deepEqual(TERMINAL_CHORDS[11], { name: 'Ctrl-Alt-F12', keysyms: [CTRL, ALT, 0xFFC9] });
  assert.equal(SYSRQ_CHORDS.map(({ name }) => name.at(-1)).join(''), 'REISUB');
});

test('Ctrl, Alt and Shift let go of ask for the menu', () => {
  const shortcut = new MenuShortcut();
  [CTRL, ALT, SHIFT].forEach(keysym => shortcut.keydown(keysym));
  assert.equal(shortcut.keyup(ALT), true);
  assert.equal(shortcut.keyup(SHIFT), false);
  assert.equal(shortcut.keyup(CTRL), false);
});

test('Ctrl, Alt and Shift with another key belong to the server', () => {
  const shortcut = new MenuShortcut();
  [CTRL, ALT, SHIFT, 0x61].forEach(keysym => shortcut.keydown(keysym));
  assert.equal(shortcut.keyup(0x61), false);
  assert.equal(shortcut.keyup(SHIFT), false);
});

test('two of the three are not the shortcut, nor is a third one after the others are gone', () => {
  const shortcut = new MenuShortcut();
  [CTRL, ALT].forEach(keysym => shortcut.keydown(keysym));
  assert.equal(shortcut.keyup(ALT), false);
  shortcut.keydown(SHIFT);
  assert.equal(shortcut.keyup(SHIFT), false);
});
