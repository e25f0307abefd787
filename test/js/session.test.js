import assert from 'node:assert/strict';
import test from 'node:test';
import { open } from './opening.js';
import { meaningOf, Refused, Session } from '../../src/main/resources/page/core/session.js';

const CODES = { CLIENT_UNAUTHORIZED: 0x301, CLIENT_FORBIDDEN: 0x303, RESOURCE_NOT_FOUND: 0x204 };
const PAGE = 'https://nl1.example/guacamole/app/ext/console/open.html';

/** A browser as far as a session needs one, which has opened the page; answers are given in turn. */
function browser({ hash = '', stored, answers = [], framed = false } = {}) {
  const made = {
    top: framed ? {} : undefined,
    location: new URL(PAGE + hash), requests: [], sockets: [], addresses: [], innerWidth: 1024, innerHeight: 768,
    history: { replaceState: (state, title, url) => made.addresses.push(url) },
    sessionStorage: { getItem: () => made.kept ?? null, setItem: (key, value) => made.kept = value },
    kept: stored && JSON.stringify(stored),
    async fetch(url, options) {
      made.requests.push({ url: String(url), ...options });
      const answer = answers.shift();
      if (!answer)
        throw new TypeError('no network');
      return { ok: answer.status < 400, status: answer.status, json: async () => answer.body };
    },
    WebSocket: class {
      constructor(url) {
        made.sockets.push(String(url));
      }
    }
  };
  return open(made);
}

const LINK = '#username=14494&password=' + ['e30', btoa('{"locale":"ru"}'), 'x'].join('.');
const granted = { status: 200, body: { authToken: 'granted' } };

test('the link is posted before anything else is loaded, and the socket dialled at once', async () => {
  const window = browser({ hash: LINK + '&pin=0047', answers: [granted] });
  await window.opening.answer;
  assert.equal(window.sockets.length, 1);
  const session = new Session(window);
  assert.deepEqual(await session.login(), { kind: 'open' });
  assert.equal(window.requests[0].url, 'https://nl1.example/guacamole/api/tokens');
  assert.equal(window.requests[0].body.get('pin'), '0047');
  const socket = new URL(window.sockets[0]);
  assert.equal(socket.origin + socket.pathname, 'wss://nl1.example/guacamole/websocket-tunnel');
  assert.equal(socket.searchParams.get('token'), 'granted');
  assert.equal(socket.searchParams.get('GUAC_ID'), '14494');
  assert.equal(window.requests.length, 1);
  assert.equal(session.takeSocket().query, socket.searchParams.toString());
  assert.equal(window.sockets.length, 1);
});

test('nothing is posted without a link, nor inside of another page', () => {
  assert.deepEqual(browser({ answers: [granted] }).requests, []);
  assert.deepEqual(browser({ hash: LINK, framed: true, answers: [granted] }).requests, []);
});

test('the link leaves the address bar and is never stored', async () => {
  const window = browser({ hash: LINK + '&pin=0047', answers: [granted] });
  const session = new Session(window);
  await session.login();
  session.hideLink();
  assert.deepEqual(window.addresses, ['/guacamole/app/ext/console/open.html']);
  assert.deepEqual(JSON.parse(window.kept), { authToken: 'granted', server: '14494', locale: 'ru' });
  assert.equal(session.hasLink, false);
});

test('a missing PIN is asked for, a wrong one again', async () => {
  const body = { type: 'INSUFFICIENT_CREDENTIALS', expected: [{ name: 'pin' }], translatableMessage: { key: 'CONSOLE.PIN_MISSING' } };
  const wrong = { ...body, translatableMessage: { key: 'CONSOLE.PIN_WRONG' } };
  const window = browser({ hash: LINK, answers: [{ status: 403, body }, { status: 403, body: wrong }] });
  const session = new Session(window);
  assert.deepEqual(await session.login(), { kind: 'pin', keys: ['CONSOLE.PIN_MISSING'], variables: {}, wrong: false });
  assert.equal((await session.login('1')).wrong, true);
  assert.equal(window.requests[1].body.get('pin'), '1');
  assert.deepEqual(window.sockets, []);
});

test('a refusal carries the sentence of the server, and may be tried again only where that can help', async () => {
  const refusing = (status, key) =>
    new Session(browser({ hash: LINK, answers: [{ status, body: { translatableMessage: { key } } }] })).login();
  assert.deepEqual(await refusing(403, 'CONSOLE.REFUSED_TOKEN'),
    { kind: 'refused', state: 'failed', keys: ['CONSOLE.REFUSED_TOKEN'], variables: {}, again: false });
  assert.equal((await refusing(403, 'CONSOLE.ENDED_EXPIRED')).state, 'ended');
  assert.equal((await refusing(429, 'CONSOLE.TOO_MANY')).again, true);
  assert.equal((await refusing(429, 'APP.BANNED')).again, false);
  assert.equal((await refusing(500, 'X')).again, true);
});

test('a link that was cut short, in which nobody finds a token, is called incomplete', async () => {
  const body = { type: 'INVALID_CREDENTIALS', expected: [{ name: 'username' }, { name: 'password' }],
    translatableMessage: { key: 'APP.TEXT_UNTRANSLATED', variables: { MESSAGE: 'Permission Denied.' } } };
  const { kind, state, keys } = await new Session(browser({ hash: LINK, answers: [{ status: 403, body }] })).login();
  assert.deepEqual({ kind, state, keys },
    { kind: 'refused', state: 'failed', keys: ['APP.TEXT_UNTRANSLATED', 'CONSOLE.PAGE_INCOMPLETE_LINK'] });
});

test('without a network a login is unreachable, and what the page asks for is refused with status 0', async () => {
  assert.deepEqual(await new Session(browser({ hash: LINK })).login(), { kind: 'unreachable' });
  const session = new Session(browser({ stored: { authToken: 'granted', server: '14494' } }));
  await assert.rejects(session.extend(), refused => refused instanceof Refused && refused.key === 'CONSOLE.PAGE_UNREACHABLE');
});

test('storage that is forbidden does no harm', async () => {
  const window = browser({ hash: LINK, answers: [granted] });
  window.sessionStorage = { getItem() { throw new Error('denied'); }, setItem() { throw new Error('denied'); } };
  assert.deepEqual(await new Session(window).login(), { kind: 'open' });
});

test('a reload goes on with the session, and remembers that it is over', () => {
  const window = browser({ stored: { authToken: 'granted', server: '14494', returnUrl: 'https://panel.example/' } });
  const session = new Session(window);
  assert.equal(session.isOpen, true);
  session.markOver();
  const reloaded = new Session(window);
  assert.equal(reloaded.isOpen, false);
  assert.equal(reloaded.isOver, true);
  assert.equal(reloaded.returnUrl, 'https://panel.example/');
});

test('the language is the one chosen here, else the one of the link, else the one of the token', () => {
  assert.equal(new Session(browser({ hash: LINK })).locale, 'ru');
  assert.equal(new Session(browser({ hash: LINK + '&locale=en' })).locale, 'en');
  assert.equal(new Session(browser({ hash: LINK, stored: { language: 'en' } })).locale, 'en');
  assert.equal(new Session(browser({ hash: '#username=1&password=AbCdEf-no-jwt' })).locale, undefined);
});

test('requests of the page carry the token in a header and what the server refuses becomes a sentence', async () => {
  const refused = { status: 502, body: { translatableMessage: { key: 'CONSOLE.POWER_BUSY', variables: { REFERENCE: 'K7F3Q9' } } } };
  const window = browser({ stored: { authToken: 'granted', server: '1' }, answers: [{ status: 200, body: { state: 'ON' } }, refused] });
  const session = new Session(window);
  assert.deepEqual(await session.power(), { state: 'ON' });
  assert.equal(window.requests[0].headers['Guacamole-Token'], 'granted');
  await assert.rejects(session.perform('RESET'), { key: 'CONSOLE.POWER_BUSY', variables: { REFERENCE: 'K7F3Q9' } });
  assert.match(window.requests[1].url, /api\/session\/ext\/console\/power\/RESET$/);
});

test('a socket that the web server closed in its own words is a lost one', () => {
  assert.deepEqual(meaningOf({ code: NaN, message: 'The web application is stopping' }, CODES), { kind: 'lost' });
});

test('what our server says about an end is told, with the reference', () => {
  assert.deepEqual(meaningOf({ code: 0x250, message: 'K7F3Q9' }, CODES), { kind: 'told', state: 'ended',
    keys: ['CLIENT.ERROR_CLIENT_250', 'CONSOLE.PAGE_SESSION_OVER'], variables: { REFERENCE: 'K7F3Q9' }, again: false, poweredOff: false,
    over: true });
});

test('opening again is offered as long as the session lives, and no longer', () => {
  const again = code => meaningOf({ code, message: '' }, CODES).again;
  assert.deepEqual([0x250, 0x251, 0x252, 0x253, 0x254, 0x255, 0x257].filter(again), []);
  assert.deepEqual([0x256, 0x260, 0x261, 0x262, 0x263, 0x264, 0x265, 0x266, 0x267, 0x268, 0x269].filter(code => !again(code)), []);
});

test('a dead token is the end of the session, a silent network is not', () => {
  assert.equal(meaningOf({ code: 0x301 }, CODES).kind, 'over');
  assert.equal(meaningOf({ code: 0x208 }, CODES).kind, 'lost');
  assert.equal(meaningOf({ code: 0x202 }, CODES).kind, 'lost');
});
