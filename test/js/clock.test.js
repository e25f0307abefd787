import assert from 'node:assert/strict';
import test from 'node:test';
import { Clock, format } from '../../src/main/resources/page/core/clock.js';

function clockAt(start) {
  const time = { now: start };
  return { time, clock: new Clock(() => time.now) };
}

test('the time that is left runs down to zero and no further', () => {
  const { time, clock } = clockAt(1000);
  clock.set(90);
  assert.equal(clock.left, 90);
  time.now += 89_500;
  assert.equal(clock.left, 1);
  time.now += 600_000;
  assert.equal(clock.left, 0);
});

test('a clock that was never set says so', () => {
  assert.equal(new Clock().isSet, false);
});

test('each warning is given once, ten and two minutes before the end', () => {
  const { time, clock } = clockAt(0);
  clock.set(7200);
  assert.equal(clock.takeWarning(), undefined);
  time.now = (7200 - 600) * 1000;
  assert.equal(clock.takeWarning(), 600);
  assert.equal(clock.takeWarning(), undefined);
  time.now = (7200 - 119) * 1000;
  assert.equal(clock.takeWarning(), 120);
  assert.equal(clock.takeWarning(), undefined);
});

test('after a long sleep only the last warning is given', () => {
  const { time, clock } = clockAt(0);
  clock.set(7200);
  time.now = (7200 - 60) * 1000;
  assert.equal(clock.takeWarning(), 120);
  assert.equal(clock.takeWarning(), undefined);
});

test('a deadline that moves brings its warnings back', () => {
  const { time, clock } = clockAt(0);
  clock.set(700);
  time.now = 150_000;
  assert.equal(clock.takeWarning(), 600);
  clock.set(7200);
  time.now += (7200 - 600) * 1000;
  assert.equal(clock.takeWarning(), 600);
});

test('a session that is shorter than a warning does not give it', () => {
  const { clock } = clockAt(0);
  clock.set(100);
  assert.equal(clock.takeWarning(), undefined);
});

test('time is written as people read it', () => {
  assert.deepEqual([0, 9, 65, 599, 3600, 7199].map(format), ['0:00', '0:09', '1:05', '9:59', '1:00:00', '1:59:59']);
});
