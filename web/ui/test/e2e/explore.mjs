// Explore, as a person uses it.
import assert from 'node:assert/strict';
import { address, chartDrawn, chooseQuery, eventually, openChart, params, plotBox } from './claims.mjs';

const absolute = /^\d{4}-\d\d-\d\dT/;

export const exploreSteps = [
  ['start page lists metrics', async ({ page }, { base, shots }) => {
    await page.goto(base.href);
    await page.locator('.metrics button').first().waitFor();
    await page.locator('.spark path').first().waitFor({ state: 'attached' });
    await page.screenshot({ path: `${shots}start.png` });
    await page.locator('#filter').fill('no metric has this in its name');
    await eventually('an empty list', () => page.locator('.metrics button').count(), (n) => n === 0);
  }],

  ['type a query and see its line', async ({ page }, context) => {
    const q = await chooseQuery(page, context);
    await page.goto(address(context.base, 'explore'));
    await page.locator('#query').fill(q);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await chartDrawn(page);
    assert.equal(params(page).q, q);
    assert.match(await page.locator('.status').innerText(), /\d+ of \d+ line/);
    assert.match(await page.locator('.legend tbody tr').first().innerText(), /\d/);
    await page.screenshot({ path: `${context.shots}explore.png` });
  }],

  ['hover names the lines under the pointer', async ({ page }, context) => {
    await openChart(page, context, { refresh: 'off' });
    const box = await plotBox(page);
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    await page.locator('.tooltip').waitFor();
    assert.match(await page.locator('.tooltip').innerText(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    await page.screenshot({ path: `${context.shots}hover.png` });
    await page.mouse.move(5, 5);
    await page.locator('.tooltip').waitFor({ state: 'detached' });
  }],

  ['drag zooms, z and Back go back', async ({ page }, context) => {
    await openChart(page, context);
    const box = await plotBox(page);
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await eventually('a fixed range', () => params(page), (p) => absolute.test(p.s) && absolute.test(p.e));
    const zoomed = Date.parse(params(page).e) - Date.parse(params(page).s);
    assert.ok(zoomed > 6 * 60_000 && zoomed < 20 * 60_000, `a fifth of an hour became ${zoomed / 60_000} minutes`);
    await chartDrawn(page);
    assert.match(await page.locator('.toolbar').innerText(), /paused/);
    await page.screenshot({ path: `${context.shots}zoomed.png` });
    await page.locator('body').press('z');
    await eventually('the range from before', () => params(page).s, (s) => s === 'e-1h');
    await page.goForward();
    await eventually('the zoom again', () => params(page).s, (s) => absolute.test(s));
    await chartDrawn(page);
    const zoomedBox = await plotBox(page);
    await page.mouse.dblclick(zoomedBox.x + 50, zoomedBox.y + 50);
    await eventually('the range after a double click', () => params(page).s, (s) => s === 'e-1h');
  }],

  ['a refresh brings newer values', async ({ page }, context) => {
    await openChart(page, context, { refresh: '5s' });
    const end = () => page.locator('.plot').getAttribute('aria-label').then((t) => / to (\S+ \S+)/.exec(t)?.[1]);
    const first = await end();
    await eventually('a later end of the range', end, (t) => t > first, 70_000);
  }],

  ['a legend click isolates, Escape shows all', async ({ page }, context) => {
    await openChart(page, context, { refresh: 'off' });
    await page.locator('.line-name').first().click();
    await eventually('the isolation in the address', () => params(page).only, Boolean);
    await page.reload();
    await chartDrawn(page);
    assert.equal(await page.locator('.line-name[aria-pressed=true]').count(), 1);
    await page.locator('.legend').press('Escape');
    await eventually('no isolation', () => params(page).only, (v) => v === undefined);
  }],

  ['keyboard alone: query, chart cursor, table', async ({ page }, context) => {
    const q = await chooseQuery(page, context);
    await page.goto(address(context.base, 'explore', { refresh: 'off' }));
    await tabTo(page, '#query');
    await page.keyboard.type(q);
    await page.keyboard.press('Control+Enter');
    await chartDrawn(page);
    await tabTo(page, '.chart');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('ArrowUp');
    await page.locator('.tooltip').waitFor();
    const said = () => page.locator('.chart [aria-live]').innerText();
    await eventually('an announcement', said, (t) => /^\d\d:\d\d:\d\d, /.test(t));
    await page.keyboard.press('v');
    const rows = page.locator('.values tbody tr');
    await rows.first().waitFor();
    assert.match(await rows.first().innerText(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    await page.screenshot({ path: `${context.shots}table.png` });
    await page.keyboard.press('v');
    await chartDrawn(page);
  }],

  ['keys are listed, and can be turned off', async ({ page }, context) => {
    await openChart(page, context);
    await page.locator('body').press('?');
    await page.getByRole('dialog').waitFor();
    await page.screenshot({ path: `${context.shots}keys.png` });
    await page.getByLabel('Single letters are shortcuts').uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('body').press('v');
    await page.locator('body').press('?');
    assert.equal(params(page).view, undefined);
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByLabel('Single letters are shortcuts').check();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.locator('body').press('g');
    await page.locator('body').press('a');
    await page.locator('.rules tbody tr').first().waitFor();
    await page.getByRole('link', { name: 'Explore' }).click();
    await chartDrawn(page);
  }],

  ['free text range, as the API takes it', async ({ page }, context) => {
    await openChart(page, context);
    await page.locator('body').press('t');
    const form = page.locator('#range-form');
    await form.getByLabel('Start').fill('now-30m');
    await form.getByLabel('End').fill('s+20m');
    await form.getByLabel('Zone').fill('Asia/Tokyo');
    await form.getByRole('button', { name: 'Apply' }).click();
    await eventually('the range in the address', () => params(page), (p) => p.s === 'now-30m' && p.e === 's+20m' && p.tz === 'Asia/Tokyo');
    await eventually('the zone in the status', () => page.locator('.status').innerText(), (t) => /Asia\/Tokyo/.test(t));
    await chartDrawn(page);
  }],

  ['a wrong word is named and marked', async ({ page, expect }, context) => {
    await openChart(page, context);
    expect(/status of 400/);
    await page.locator('#query').fill('name,é,:eq,:maxx');
    await page.locator('#query').press('Control+Enter');
    const error = page.locator('#query-error');
    await error.waitFor();
    assert.match(await error.innerText(), /:maxx/);
    assert.equal(await page.locator('.editor mark').innerText(), ':maxx');
    assert.ok(await page.locator('.chart.stale').isVisible(), 'the lines from before stay, dimmed');
    await page.screenshot({ path: `${context.shots}error.png` });
    await page.locator('#query').fill('name,é,:eq,:max');
    assert.equal(await page.locator('.editor mark').count(), 0);
    await page.locator('#query').press('Control+Enter');
    await error.waitFor({ state: 'detached' });
  }],

  ['a server that is gone is said, and asked again', async ({ page, expect }, context) => {
    await openChart(page, context, { refresh: '5s' });
    expect(/Failed to load resource/);
    await page.route('**/api/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.banner').waitFor();
    assert.match(await page.locator('.banner').innerText(), /Cannot reach the server/);
    await page.screenshot({ path: `${context.shots}gone.png` });
    await page.unroute('**/api/**');
    await page.locator('.banner').waitFor({ state: 'detached', timeout: 40_000 });
    await chartDrawn(page);
  }],
];

/** Presses Tab until the focus is on what the selector names. */
async function tabTo(page, selector) {
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) return;
  }
  throw new Error(`30 times Tab did not reach ${selector}`);
}
