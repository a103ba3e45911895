// Words: the reference of the language, made from what the server says.
import assert from 'node:assert/strict';
import { address, eventually, fitsWidth, params } from './claims.mjs';
import { passesAxe, themeOf } from './looks.mjs';

const entries = (page) => page.locator('.word-entry');

export const referenceSteps = [
  ['the words are listed, filtered and linked', async ({ page }, { base, shots }) => {
    await page.goto(base.href);
    await page.getByRole('link', { name: 'Words' }).click();
    await entries(page).first().waitFor();
    const all = await entries(page).count();
    await page.locator('body').press('/');
    await page.keyboard.type(':sum');
    await eventually('fewer words', () => entries(page).count(), (n) => n > 0 && n < all);
    assert.equal(params(page).filter, ':sum');
    assert.match(await page.locator('.reference').innerText(), /q:Query -- DataExpr/);
    await page.screenshot({ path: `${shots}words-filtered.png` });
    await page.locator('#filter').fill('no word has this');
    await eventually('no word', () => entries(page).count(), (n) => n === 0);
  }],

  ['a link to a word shows it, in both themes', async ({ page }, { base, shots }) => {
    await page.goto(address(base, 'reference', { word: 'sum' }));
    const marked = page.locator('.word-entry.marked');
    await marked.first().waitFor();
    await eventually('the word in view', () => marked.first().boundingBox(), (box) => box.y >= 0 && box.y < 400);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'data-sum');
    for (const theme of ['light', 'dark']) {
      if ((await themeOf(page)) !== theme) await page.getByRole('button', { name: /colours$/ }).click();
      await eventually(`${theme} colours`, () => themeOf(page), (t) => t === theme);
      await passesAxe(page, `words ${theme}`);
      await page.screenshot({ path: `${shots}words-${theme}.png` });
    }
    await page.goto(address(base, 'reference', { word: 'nosuchword' }));
    await page.getByText('There is no word :nosuchword').waitFor();
  }],

  ['an example opens in Explore, with its stack', async ({ page }, { base }) => {
    await page.goto(address(base, 'reference', { word: 'sum' }));
    const example = page.locator('.word-entry.marked .examples a').first();
    const text = await example.innerText();
    await example.focus();
    await page.keyboard.press('Enter');
    await eventually('the example as query', () => params(page).q, (q) => q === text);
    const rows = page.locator('.stack-view tbody tr');
    await eventually('a row per token', () => rows.count(), (n) => n === text.split(',').length);
    await page.goBack();
    await page.locator('.word-entry.marked').first().waitFor();
  }],

  ['every example draws here, or shows its stack', async ({ page, expect }, { base, fake }) => {
    expect(/Failed to load resource/);
    await page.goto(address(base, 'reference'));
    await entries(page).first().waitFor();
    const linked = await page.locator('.examples a').evaluateAll((all) => all.map((a) => new URL(a.href).searchParams.get('q')));
    const shown = await page.locator('.examples li:not(:has(a))').evaluateAll((all) => all.map((li) => li.innerText));
    assert.ok(shown.length > 0 && shown.every((text) => text.includes('leaves')), 'what cannot be drawn shows its stack');
    if (fake) return;
    assert.ok(linked.length > 200, `${linked.length} examples are links`);
    const failed = [];
    for (const q of linked) {
      const answer = await page.request.get(new URL(`api/v1/graph?${new URLSearchParams({ q, s: 'e-1h', e: 'now', w: '700', format: 'v2.json' })}`, base).href);
      const body = await answer.json();
      const draws = Array.isArray(body) && body.some((e) => e.type === 'heatmap' || (e.type === 'timeseries' && e.data.values.some(Number.isFinite)));
      if (!draws) failed.push(`${q}: ${body.message ?? 'no value'}`);
    }
    assert.deepEqual(failed, []);
  }],

  ['320 px: Words', async ({ page }, { base, shots }) => {
    await page.setViewportSize({ width: 320, height: 800 });
    await page.goto(address(base, 'reference', { word: 'by' }));
    await entries(page).first().waitFor();
    await fitsWidth(page);
    await passesAxe(page, 'words at 320 px');
    await page.screenshot({ path: `${shots}words-320.png` });
  }],
];
