// Queries that are too long for an address.
import assert from 'node:assert/strict';
import { address, chartDrawn, chooseQuery, eventually } from './claims.mjs';

const value = (page) => page.locator('#query').inputValue();
const fragment = (page) => new URL(page.url()).hash;

/** The query of a metric many times over, which the server draws. */
async function longQuery(page, context) {
  const q = await chooseQuery(page, context);
  return Array.from({ length: Math.ceil(6000 / q.length) }, () => q).join(',');
}

export const longSteps = [
  ['a long query draws, and its address is deflated into the fragment', async ({ page }, context) => {
    const q = await longQuery(page, context);
    await page.goto(address(context.base, 'explore', { refresh: 'off' }));
    await page.locator('#query').fill(q);
    await page.keyboard.press('Enter');
    await chartDrawn(page);
    await eventually('a deflated fragment', () => fragment(page), (hash) => /^#z=[\w-]+$/.test(hash));
    assert.equal(new URL(page.url()).search, '');
    assert.ok(page.url().length < 1500, `an address of ${page.url().length} characters`);
    await page.reload();
    await chartDrawn(page);
    assert.equal(await value(page), q);
    const short = q.split(',').slice(0, 4).join(',');
    await page.locator('#query').fill(short);
    await page.keyboard.press('Enter');
    await eventually('a query string again', () => new URL(page.url()).searchParams.get('q'), (text) => text === short);
    assert.equal(fragment(page), '');
    await page.goBack();
    await eventually('the long query', () => value(page), (text) => text === q);
    await chartDrawn(page);
    await page.goForward();
    await eventually('the short query', () => value(page), (text) => text === short);
    // The link works in a window of its own.
    await page.goBack();
    const link = await eventually('the link', () => page.url(), (url) => url.includes('#z='));
    const other = await context.browser.open();
    await other.page.goto(link);
    await chartDrawn(other.page);
    assert.equal(await value(other.page), q);
    other.check();
    await other.close();
  }],

  ['a mistake in a long query is named and marked', async ({ page }, context) => {
    const q = `${await longQuery(page, context)},:maxx`;
    await page.goto(address(context.base, 'explore', { refresh: 'off' }));
    await page.locator('#query').fill(q);
    await page.keyboard.press('Enter');
    await page.locator('#query-error').waitFor();
    assert.match(await page.locator('#query-error').innerText(), /:maxx/);
    assert.equal(await page.locator('.editor mark').last().innerText(), ':maxx');
  }],

  ['a damaged link is said', async ({ page }, { base }) => {
    for (const hash of ['#z=AAAA', '#z=%%%', '#z=', '#z=eNo']) {
      await page.goto('about:blank');
      await page.goto(address(base, 'explore') + hash);
      await page.getByText('The link is damaged').waitFor();
      await page.locator('.metrics button').first().waitFor();
    }
    await page.locator('.metrics button').first().click();
    await chartDrawn(page);
    assert.equal(await page.getByText('The link is damaged').count(), 0);
  }],
];
