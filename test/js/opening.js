import { readFileSync } from 'node:fs';

const PAGE = readFileSync(new URL('../../src/main/resources/page/open.html', import.meta.url), 'utf8');

/** The script that stands in the page itself. */
export const SCRIPT = PAGE.match(/<script>(.*?)<\/script>/s)[1];

/** Has a browser open the page, as far as that script goes. */
export function open(browser) {
  browser.top ??= browser;
  const globals = ['location', 'fetch', 'WebSocket', 'innerWidth', 'innerHeight'];
  new Function('window', ...globals, SCRIPT)(browser, ...globals.map(name => browser[name]));
  return browser;
}
