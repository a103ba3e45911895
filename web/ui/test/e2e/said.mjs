// What the pages say of what is shown: what is there, what is not, and since when.
import assert from 'node:assert/strict';
import { startFake } from '../fake/server.mjs';
import { address, chartDrawn, chooseQuery, eventually, fitsWidth, openChart, params } from './claims.mjs';
import { passesAxe, themeOf } from './looks.mjs';

/** A step against the fake, whatever else is tested: it needs data that no demo has. */
const withFake = (step) => async (guard, context) => {
  const fake = await startFake();
  try {
    await step(guard, { ...context, base: new URL(fake.url), query: undefined });
  } finally {
    fake.close();
  }
};

const toolbar = (page) => page.locator('.toolbar').innerText();
const status = (page) => page.locator('.status').innerText();

export const saidSteps = [
  ['a misspelt metric has no lines and is not live', async ({ page }, { base, shots }) => {
    await page.goto(address(base, 'explore', { q: 'name,http.server.requets,:eq,:sum', s: 'e-1h', e: 'now' }));
    await eventually('no line', () => status(page), (t) => t.includes('0 of 0 lines'));
    await eventually('that it waits', () => toolbar(page), (t) => t.includes('Waiting for a first value') && !t.includes('Live'));
    await page.getByText(/appears at the end of its step, in \d+ s/).waitFor();
    assert.equal(await page.locator('.legend').count(), 0);
    await page.getByText('nothing matches name,http.server.requets,:eq').waitFor();
    await passesAxe(page, 'no line');
    await page.screenshot({ path: `${shots}no-line.png` });
  }],

  ['what ended says its age, and is waited for', withFake(async ({ page }, { base, shots }) => {
    await page.goto(address(base, 'explore', { q: 'name,ended.half.an.hour.ago,:eq,:sum,(,x,),:by', s: 'e-1h', e: 'now' }));
    await page.locator('.legend tbody tr').nth(1).waitFor();
    assert.match(await page.locator('.legend tbody tr').nth(0).innerText(), /7\s+(30|29) m( \d+ s)? ago/);
    assert.match(await page.locator('.legend tbody tr').nth(1).innerText(), /8\s+(50|49) m( \d+ s)? ago/);
    assert.match(await toolbar(page), /Waiting since \d\d:\d\d:\d\d/);
    await passesAxe(page, 'an old line');
    await page.screenshot({ path: `${shots}ended.png` });
    await page.setViewportSize({ width: 320, height: 700 });
    await fitsWidth(page);
  })],

  ['a line shown alone is counted as one', async ({ page }, context) => {
    const q = await chooseQuery(page, context);
    await openChart(page, { ...context, query: `${q},${q.replace(':sum', ':max')}` }, { refresh: 'off' });
    assert.match(await status(page), /^2 of 2 lines/);
    await page.locator('.line-name').first().click();
    await eventually('one of two', () => status(page), (t) => t.startsWith('1 of 2 lines'));
  }],

  ['the title names the query', async ({ page }, context) => {
    const q = await openChart(page, context);
    assert.ok((await page.title()).startsWith(q), await page.title());
    await page.getByRole('link', { name: /Alerts/ }).click();
    await eventually('the title of Alerts', () => page.title(), (t) => t === 'Alerts · Telamon');
  }],

  ['Enter runs, Shift and Enter begin a line', async ({ page }, context) => {
    const q = await chooseQuery(page, context);
    await page.goto(address(context.base, 'explore', { refresh: 'off' }));
    await page.locator('#query').focus();
    await page.keyboard.type(q);
    await page.keyboard.press('Shift+Enter');
    assert.equal(await page.locator('#query').inputValue(), `${q}\n`);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await chartDrawn(page);
    assert.equal(params(page).q, q);
  }],

  ['what hides in a query is shown', async ({ page }, { base, shots }) => {
    await page.goto(address(base, 'explore', { q: 'name,a\u202eb\u200b,:eq,:sum' }));
    await eventually('escapes', () => page.locator('#query').inputValue(), (v) => v === 'name,a\\u202eb\\u200b,:eq,:sum');
    await page.locator('#query').fill('name,\u2066x\u2069,:eq');
    await eventually('escapes of what is pasted', () => page.locator('#query').inputValue(), (v) => v === 'name,\\u2066x\\u2069,:eq');
    await page.screenshot({ path: `${shots}hidden.png` });
  }],

  ['a time that does not parse is refused in the form', async ({ page }, context) => {
    await openChart(page, context);
    await page.locator('body').press('t');
    const form = page.locator('#range-form');
    await form.getByLabel('Start').fill('yesterday');
    await page.keyboard.press('Enter');
    await form.getByText('yesterday is no time').waitFor();
    assert.equal(params(page).s, 'e-1h');
    assert.equal(await form.getByLabel('Start').getAttribute('aria-invalid'), 'true');
    await passesAxe(page, 'a refused range');
    await form.getByLabel('Start').fill('now-30m');
    await page.keyboard.press('Enter');
    await eventually('the range', () => params(page).s, (s) => s === 'now-30m');
    assert.equal(await form.getByText('is no time').count(), 0);
  }],

  ['what is too much is drawn with a coarser step, and it is said', async ({ page, expect }, context) => {
    const q = await chooseQuery(page, context);
    expect(/status of 400/);
    await page.route('**/api/v1/graph?*', (route) => {
      if (new URL(route.request().url()).searchParams.has('step')) return route.continue();
      return route.fulfill({ status: 400, json: { type: 'error', message: 'IllegalArgumentException: too many datapoints: 500503 > 500000', suggestedStep: '1m' } });
    });
    await page.goto(address(context.base, 'explore', { q, s: 'e-1h', e: 'now' }));
    await chartDrawn(page);
    assert.match(await status(page), /drawn with a step of/);
  }],

  ['a silent server is said after ten seconds, and Run asks at once', async ({ page }, context) => {
    await openChart(page, context, { refresh: '5s' });
    let asked = 0;
    await page.route('**/api/v1/graph?*', () => void asked++);
    await eventually('a question without an answer', () => asked, (n) => n > 0);
    await page.locator('.banner').getByText('The server does not answer').waitFor({ timeout: 15_000 });
    assert.doesNotMatch(await toolbar(page), /Live/);
    await passesAxe(page, 'a silent server');
    await page.screenshot({ path: `${context.shots}silent.png` });
    await page.unroute('**/api/v1/graph?*');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.banner').waitFor({ state: 'detached', timeout: 3000 });
  }],

  ['a time is marked in chart, summary and table', async ({ page }, context) => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 1_200_000).toISOString().replace('.000', '');
    await openChart(page, context, { refresh: 'off', at });
    const day = at.slice(0, 19).replace('T', ' ');
    assert.ok((await page.locator('.plot').getAttribute('aria-label')).includes(`Marked: ${day}.`));
    await page.screenshot({ path: `${context.shots}marked.png` });
    await page.locator('body').press('v');
    assert.equal(await page.locator('.values tr.marked').count() <= 1, true);
    for (let i = 0; i < 20 && (await page.locator('.values tr.marked').count()) === 0; i++) await page.getByRole('button', { name: /earlier rows/ }).click();
    assert.match(await page.locator('.values tr.marked').innerText(), /marked/);
  }],

  ['a firing alert leads to its group, with the time marked', withFake(async ({ page }, { base }) => {
    await page.goto(address(base, 'alerts'));
    await page.locator('.groups tbody tr', { hasText: 'nf.app=checkout' }).locator('a').click();
    await eventually('the group and the time', () => params(page), (p) => p.q?.includes(':by') && !p.q.includes(':gt') && Boolean(p.at) && p.e === 'now');
    await chartDrawn(page);
    assert.match(await page.locator('.plot').getAttribute('aria-label'), /Marked: /);
  })],

  ['many firing alerts fit into a narrow header', withFake(async ({ page }, { base, shots }) => {
    await page.route('**/api/v1/alerts', async (route) => {
      const body = await (await route.fetch()).json();
      const [rule] = body.rules;
      rule.groups = Array.from({ length: 12_345 }, (_, i) => ({ ...rule.groups[0], id: `g${i}` }));
      await route.fulfill({ json: body });
    });
    await page.setViewportSize({ width: 320, height: 700 });
    await page.goto(base.href);
    await page.locator('nav .count').waitFor();
    assert.equal(await page.locator('nav .count').innerText(), '999+');
    await fitsWidth(page);
    const boxes = await page.locator('header > *, header nav > a').evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.right, r.bottom]));
    assert.ok(boxes.every(([left, right]) => left >= 0 && right <= 320), JSON.stringify(boxes));
    await page.screenshot({ path: `${shots}badge-320.png` });
  })],

  ['the list of keys opens at its beginning', async ({ page }, context) => {
    await page.setViewportSize({ width: 320, height: 500 });
    await page.goto(context.base.href);
    await page.locator('#query').waitFor();
    await page.getByRole('button', { name: 'Keys' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    assert.equal(await dialog.evaluate((d) => d.scrollTop), 0);
    assert.ok((await dialog.getByRole('heading').boundingBox()).y >= 0);
    await page.screenshot({ path: `${context.shots}keys-320.png` });
  }],

  ['another tab follows the theme', async ({ page }, { base }) => {
    await page.goto(base.href);
    const other = await page.context().newPage();
    await other.goto(base.href);
    await other.getByRole('button', { name: /colours$/ }).click();
    await eventually('dark in the other', () => themeOf(other), (t) => t === 'dark');
    await eventually('dark here', () => themeOf(page), (t) => t === 'dark');
    await other.getByRole('button', { name: /colours$/ }).click();
    await eventually('light here', () => themeOf(page), (t) => t === 'light');
  }],

  ['the last label of the time axis is whole', withFake(async ({ page }, { base, shots }) => {
    for (const [s, e] of [['2026-11-22T12:00', '2026-11-22T13:00'], ['2026-11-22T12:00:00', '2026-11-22T12:01:00'], ['2016-01-01', '2026-01-01']]) {
      await page.goto(address(base, 'explore', { q: 'name,narrow.values,:eq,:sum', s, e }));
      await chartDrawn(page);
      const ink = await page.evaluate(() => {
        const canvas = document.querySelector('.plot canvas:not(.plot-overlay)');
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(canvas.width - 2, 0, 2, canvas.height);
        return data.filter((_, i) => i % 4 === 3).some((alpha) => alpha > 0);
      });
      assert.equal(ink, false, `${s} to ${e}: ink at the right edge of the canvas`);
      await page.screenshot({ path: `${shots}axis-${s.slice(0, 4)}-${s.length}.png` });
    }
  })],
];
