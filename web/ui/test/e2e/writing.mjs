// Help while a query is written.
import assert from 'node:assert/strict';
import { address, chartDrawn, chooseQuery, eventually, fitsWidth, params } from './claims.mjs';
import { passesAxe, themeOf } from './looks.mjs';

const options = (page) => page.locator('.suggest [role=option]');
const value = (page) => page.locator('#query').inputValue();

/** Opens Explore with an empty query and the focus in it. */
async function startWriting(page, { base }) {
  await page.goto(address(base, 'explore', { refresh: 'off' }));
  await page.locator('#query').focus();
}

/** The name of a metric that the server has. */
const metricOf = (q) => /^name,([^,]*),/.exec(q)[1];

export const writingSteps = [
  ['completions: names with counts, words that fit, by keyboard', async ({ page }, context) => {
    const name = metricOf(await chooseQuery(page, context));
    await startWriting(page, context);
    const editor = page.locator('#query');
    await page.keyboard.type(`name,${name.slice(0, -1)}`);
    await options(page).first().waitFor();
    assert.equal(await editor.getAttribute('aria-expanded'), 'true');
    assert.match(await page.getByRole('listbox').innerText(), /series/);
    await page.keyboard.press('ArrowDown');
    assert.equal(await editor.getAttribute('aria-activedescendant'), await options(page).first().getAttribute('id'));
    await options(page).filter({ hasText: name }).first().click();
    await eventually('the name and a comma', () => value(page), (v) => v === `name,${name},`);
    await page.keyboard.type(':eq,:su');
    await eventually(':sum first', () => options(page).first().innerText(), (t) => t.startsWith(':sum'));
    await passesAxe(page, 'completions');
    await page.screenshot({ path: `${context.shots}completions.png` });
    await page.keyboard.press('Tab');
    await eventually('the word', () => value(page), (v) => v === `name,${name},:eq,:sum`);
    await eventually('no list when the word is complete', () => options(page).count(), (n) => n === 0);
    await page.keyboard.press('Control+z');
    await eventually('the text before the completion', () => value(page), (v) => v === `name,${name},:eq,:su`);
    await page.keyboard.press('End');
    await page.keyboard.type('m');
    await page.keyboard.press('Control+Enter');
    await chartDrawn(page);
    assert.equal(await options(page).count(), 0);
  }],

  ['Esc keeps the list away until the next colon', async ({ page }, context) => {
    await startWriting(page, context);
    await page.keyboard.type('name,x,:eq,:m');
    await options(page).first().waitFor();
    await page.keyboard.press('Escape');
    await eventually('no list', () => options(page).count(), (n) => n === 0);
    await page.keyboard.type('a');
    await page.waitForTimeout(600);
    assert.equal(await options(page).count(), 0);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.type(':m');
    await options(page).first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Space');
    await options(page).first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Run', 'Esc, then Tab leaves the editor');
  }],

  ['F1 and the pointer explain a word', async ({ page }, context) => {
    await startWriting(page, context);
    await page.keyboard.type('name,x,:eq,:max');
    await page.keyboard.press('F1');
    const help = page.locator('.word-help');
    await help.waitFor();
    assert.match(await help.innerText(), /:max[\s\S]*DataExpr/);
    await passesAxe(page, 'word help');
    await page.screenshot({ path: `${context.shots}word-help.png` });
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    const box = await page.locator('#query').boundingBox();
    const letter = 8.4;
    await page.mouse.move(box.x + 10 + 8 * letter, box.y + box.height / 2);
    await eventually('the word below the pointer', () => help.innerText({ timeout: 500 }).catch(() => ''), (t) => t.startsWith(':eq'));
    await page.mouse.move(box.x + box.width - 20, box.y + box.height / 2);
    await page.mouse.move(box.x + 100, box.y + 400);
    await help.waitFor({ state: 'detached' });
    await page.keyboard.press('F1');
    await help.getByRole('link').click();
    await page.locator('.word-entry.marked').first().waitFor();
    assert.equal(params(page).word, 'max');
  }],

  ['a mistake is marked while typing, and mended by a click', async ({ page }, context) => {
    await startWriting(page, context);
    await page.keyboard.type('name,é😀,:eq,:maxx');
    await page.waitForTimeout(400);
    assert.equal(await page.locator('.editor mark').count(), 0, 'the word that is being typed is not wrong yet');
    await page.keyboard.type(',');
    await eventually('the mark', () => page.locator('.editor mark').allInnerTexts(), (t) => t.join() === ':maxx');
    await page.screenshot({ path: `${context.shots}mistake.png` });
    await page.keyboard.type(':sum,');
    assert.match(await page.locator('.query-said').innerText(), /unknown word/);
    await page.getByRole('button', { name: 'Write :max', exact: true }).click();
    await eventually('the other word', () => value(page), (v) => v.startsWith('name,é😀,:eq,:max,'));
    await eventually('no mark', () => page.locator('.editor mark').count(), (n) => n === 0);
  }],

  ['the stack after each word, in both themes and at 320 px', async ({ page }, context) => {
    const q = await chooseQuery(page, context);
    await page.goto(address(context.base, 'explore', { q, refresh: 'off' }));
    await chartDrawn(page);
    const [run, stack] = await Promise.all(['Run', 'Stack'].map((name) => page.getByRole('button', { name, exact: true }).boundingBox()));
    assert.equal(stack.y, run.y, 'Stack stands beside Run');
    await page.locator('body').press('s');
    const rows = page.locator('.stack-view tbody tr');
    await eventually('a row per token', () => rows.count(), (n) => n === q.split(',').length);
    assert.equal(params(page).stack, 'on');
    for (const theme of ['light', 'dark']) {
      if ((await themeOf(page)) !== theme) await page.getByRole('button', { name: /colours$/ }).click();
      await passesAxe(page, `stack ${theme}`);
      await page.screenshot({ path: `${context.shots}stack-${theme}.png` });
    }
    await rows.nth(2).getByRole('button').click();
    const selected = () => page.locator('#query').evaluate((f) => f.value.slice(f.selectionStart, f.selectionEnd));
    assert.equal(await selected(), q.split(',')[2]);
    await page.setViewportSize({ width: 320, height: 800 });
    await page.reload();
    await eventually('the rows again', () => rows.count(), (n) => n > 0);
    await fitsWidth(page);
    await page.screenshot({ path: `${context.shots}stack-320.png` });
    await page.locator('#query').focus();
    await page.keyboard.press('End');
    await page.keyboard.type(',:s');
    await options(page).first().waitFor();
    await page.keyboard.press('ArrowDown');
    await fitsWidth(page);
    await passesAxe(page, 'completions at 320 px, dark');
    await page.screenshot({ path: `${context.shots}completions-320.png` });
  }],

  ['without its help a query is written as before', async ({ page, expect }, context) => {
    const q = await chooseQuery(page, context);
    expect(/Failed to load resource/);
    let asked = 0;
    await page.route('**/expr/analyze', (route) => {
      asked++;
      return asked === 1 ? route.abort() : route.fulfill({ status: 404, json: { message: 'no such path' } });
    });
    await startWriting(page, context);
    await page.keyboard.type(q, { delay: 5 });
    await eventually('a question', () => asked, (n) => n > 0);
    await page.keyboard.press('Control+Enter');
    await chartDrawn(page);
    await page.keyboard.type(',');
    await page.waitForTimeout(800);
    const before = asked;
    assert.ok(before >= 2, `${before} questions`);
    await page.keyboard.type('1');
    await page.waitForTimeout(600);
    assert.equal(asked, before, 'a server without the route is not asked again');
    assert.equal(await page.locator('.editor mark').count(), 0);
  }],
];
