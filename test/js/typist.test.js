import assert from 'node:assert/strict';
import test from 'node:test';
import { Typist } from '../../src/main/resources/page/core/typist.js';

function typist({ onpause = () => {} } = {}) {
  const sent = [];
  const pauses = [];
  const made = new Typist((pressed, keysym) => sent.push([pressed, keysym]), async milliseconds => {
    pauses.push(milliseconds);
    onpause(made);
  });
  return { made, sent, pauses };
}

test('a text is typed key by key, with a pause after each', async () => {
  const { made, sent, pauses } = typist();
  assert.equal(await made.type('aB', 25), 2);
  assert.deepEqual(sent, [[1, 0x61], [0, 0x61], [1, 0xFFE1], [1, 0x42], [0, 0x42], [0, 0xFFE1]]);
  assert.deepEqual(pauses, [25, 25]);
});

test('progress is told from none to all', async () => {
  const progress = [];
  await typist().made.type('abc', 1, (...told) => progress.push(told));
  assert.deepEqual(progress, [[0, 3], [1, 3], [2, 3], [3, 3]]);
});

test('once cancelled nothing more is typed, and no key stays down', async () => {
  const { made, sent } = typist({ onpause: one => one.cancel() });
  assert.equal(await made.type('secret', 1), 1);
  assert.deepEqual(sent, [[1, 0x73], [0, 0x73]]);
});
