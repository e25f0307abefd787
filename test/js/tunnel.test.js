import assert from 'node:assert/strict';
import test from 'node:test';
import { Tunnel } from '../../src/main/resources/page/core/session.js';

/** As much of guacamole-common-js as a tunnel touches; what the server sends is played by the test. */
function library() {
  const made = { kinds: [] };
  class Wire {
    constructor(...parts) {
      made.kinds.push(parts.length > 1 ? 'chained' : 'single');
      made.wire = this;
    }
    oninstruction() {}
  }
  const display = { width: 0, getWidth: () => display.width, flush: done => done() };
  class Client {
    constructor(wire) {
      made.client = this;
      // As the real one, which plays what its tunnel delivers.
      wire.oninstruction = opcode => opcode === 'sync' && this.onsync?.();
    }
    getDisplay = () => display;
    connect(query) {
      made.query = query;
      made.socket = new made.window.WebSocket();
    }
    disconnect() {
      made.disconnected = (made.disconnected ?? 0) + 1;
    }
  }
  const Status = { Code: { UPSTREAM_NOT_FOUND: 0x202, CLIENT_UNAUTHORIZED: 0x301, CLIENT_FORBIDDEN: 0x303, RESOURCE_NOT_FOUND: 0x204 } };
  return Object.assign(made, { display, WebSocketTunnel: Wire, HTTPTunnel: Wire, ChainedTunnel: Wire, Client, Status });
}

function tunnel({ socketsWork = false } = {}) {
  const guacamole = library();
  guacamole.WebSocketTunnel.State = { CLOSED: 2, UNSTABLE: 3, OPEN: 1 };
  guacamole.Tunnel = guacamole.WebSocketTunnel;
  const told = [];
  const tell = name => (...facts) => told.push([name, ...facts]);
  const socket = { readyState: 1, onmessage: event => told.push(['socket', event.data]) };
  const session = { base: new URL('https://nl1.example/guacamole/'), socketsWork,
    takeSocket: () => ({ query: 'token=granted', socket, events: [{ type: 'message', data: 'early' }] }) };
  const listener = Object.fromEntries(['step', 'timeLeft', 'watched', 'name', 'picture', 'unstable', 'gone']
    .map(name => [name, tell(name)]));
  const made = new Tunnel(guacamole, session, listener);
  guacamole.window = { WebSocket: class {} };
  return { made, guacamole, told, session, socket };
}

test('the socket that has been opened meanwhile is handed over, with what has arrived on it', () => {
  const { made, guacamole, told, socket } = tunnel();
  const { WebSocket } = guacamole.window;
  made.connect(guacamole.window);
  assert.equal(guacamole.query, 'token=granted');
  assert.equal(guacamole.socket, socket);
  assert.equal(guacamole.window.WebSocket, WebSocket);
  assert.deepEqual(told, [['socket', 'early']]);
});

test('steps, the time that is left and the name are told, and no message of ours goes on to the library', () => {
  const { guacamole, told } = tunnel();
  assert.equal(guacamole.client.onmsg(4097, ['ASKING_VENDOR']), false);
  assert.equal(guacamole.client.onmsg(4098, ['7200']), false);
  assert.equal(guacamole.client.onmsg(4099, ['1']), false);
  assert.equal(guacamole.client.onmsg(1, ['x']), true);
  guacamole.client.onname('web-14494');
  assert.deepEqual(told, [['step', 'ASKING_VENDOR'], ['timeLeft', 7200], ['watched', true], ['name', 'web-14494']]);
});

test('a picture is told once, when something has been drawn on the screen', () => {
  const { made, guacamole, told, session } = tunnel();
  made.connect(guacamole.window);
  told.length = 0;
  guacamole.display.width = 720;
  guacamole.wire.oninstruction('img', ['1', '14', '-1', 'image/png', '0', '0']);
  guacamole.wire.oninstruction('img', ['1', '14', '0', 'image/png', '0', '0']);
  guacamole.wire.oninstruction('sync', ['1']);
  guacamole.wire.oninstruction('sync', ['2']);
  assert.deepEqual(told, [['picture']]);
  assert.equal(session.socketsWork, true);
});

test('the first that is said about an end is told, and nothing after it', () => {
  const { guacamole, told } = tunnel();
  guacamole.client.onerror({ code: 0x251, message: 'K7F3Q9' });
  guacamole.wire.onerror({ code: 0x202 });
  guacamole.wire.onstatechange(2);
  assert.equal(told.length, 1);
  assert.deepEqual(told[0][1].variables, { REFERENCE: 'K7F3Q9' });
  assert.equal(guacamole.disconnected, 1);
});

test('a tunnel that closes without a word is lost, one that the page closes says nothing', () => {
  const lost = tunnel();
  lost.guacamole.wire.onstatechange(2);
  assert.deepEqual(lost.told, [['gone', { kind: 'lost' }]]);
  const closed = tunnel();
  closed.made.close();
  closed.guacamole.wire.onstatechange(2);
  assert.deepEqual(closed.told, []);
});

test('a session that is over once its web server has stopped is told as one that a restart has ended', () => {
  const { guacamole, told, session } = tunnel();
  guacamole.client.onerror({ code: NaN, message: 'The web application is stopping' });
  assert.deepEqual(told, [['gone', { kind: 'lost' }]]);
  assert.equal(session.wasStopped, true);
  new Tunnel(guacamole, session, { gone: meaning => told.push(meaning.keys[0]) });
  guacamole.client.onerror({ code: 0x301 });
  assert.equal(told[1], 'CONSOLE.ENDED_NODE_SHUTDOWN');
});

test('an unstable network is told, and its recovery', () => {
  const { guacamole, told } = tunnel();
  guacamole.wire.onstatechange(3);
  guacamole.wire.onstatechange(1);
  assert.deepEqual(told, [['unstable', true], ['unstable', false]]);
});

test('plain HTTP is a fallback only until sockets have worked', () => {
  assert.deepEqual(tunnel().guacamole.kinds, ['single', 'single', 'chained']);
  assert.deepEqual(tunnel({ socketsWork: true }).guacamole.kinds, ['single']);
});
