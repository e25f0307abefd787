// For a session whose console is not there: what can be done about it.

const PATIENCE = 60_000; // ms for a server to become one that has a console
const INTERVAL = 2000;   // ms from one look to the next

/** Offers the way back to the panel, and to switch the server on where it is off and its vendor can do that. */
export async function offer(page, mayBeOff, variables) {
  const { card, session } = page;
  const isTold = () => ['ended', 'failed'].includes(document.body.dataset.state);
  try {
    const { power, returnUrl } = await session.describe();
    if (isTold())
      card.offerPanel(returnUrl);
    if (mayBeOff && power.includes('ON') && (await session.power()).state === 'OFF' && isTold())
      await card.show('failed', ['CLIENT.ERROR_CLIENT_263'],
        { variables, button: 'CONSOLE.POWER_ON', press: () => switchOn(page) });
  } catch {
    // No vendor, no offer; the sentence that is there stays true.
  }
}

async function switchOn(page) {
  const { card, session } = page;
  card.showOpening();
  await page.texts.load();
  card.step('CONSOLE.PAGE_SWITCHING_ON');
  try {
    await session.perform('ON');
    await isOn(session);
    page.connect();
  } catch (refused) {
    const { key = 'CONSOLE.PAGE_ACTION_FAILED', variables } = refused;
    card.show('failed', [key, 'CONSOLE.PAGE_ACTION_FAILED'],
      { variables, button: 'CONSOLE.PAGE_TRY_AGAIN', press: () => switchOn(page) });
  }
}

/** Resolves once it is on, or when it has had time enough: the console itself will tell. */
async function isOn(session) {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end && (await session.power()).state !== 'ON')
    await new Promise(resolve => setTimeout(resolve, INTERVAL));
}
