// How the pages look: both themes, narrow windows, and what a program can see of accessibility.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { address, chartDrawn, eventually, fitsWidth, openChart } from './claims.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const lookSteps = [
  ['both themes: chart, contrast, axe', async ({ page }, context) => {
    await openChart(page, context, { refresh: 'off' });
    for (const theme of ['light', 'dark']) {
      if ((await themeOf(page)) !== theme) await page.getByRole('button', { name: /colours$/ }).click();
      await eventually(`${theme} colours`, () => themeOf(page), (t) => t === theme);
      await chartDrawn(page);
      const contrast = await axisContrast(page);
      assert.ok(contrast >= 4.5, `${theme}: axis labels have a contrast of ${contrast.toFixed(1)}, 4.5 is needed`);
      await passesAxe(page, `explore ${theme}`);
      await page.screenshot({ path: `${context.shots}explore-${theme}.png` });
    }
    await page.reload();
    assert.equal(await themeOf(page), 'dark', 'the choice outlives a reload');
  }],

  ['the system theme is followed', async ({ page }, { base }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(base.href);
    await eventually('dark', () => themeOf(page), (t) => t === 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually('light', () => themeOf(page), (t) => t === 'light');
  }],

  ['320 px: Explore', async ({ page }, context) => {
    await page.setViewportSize({ width: 320, height: 800 });
    await page.goto(context.base.href);
    await page.locator('.metrics button').first().waitFor();
    await fitsWidth(page);
    await openChart(page, context, { refresh: 'off' });
    await fitsWidth(page);
    await passesAxe(page, 'explore at 320 px');
    await page.screenshot({ path: `${context.shots}explore-320.png`, fullPage: true });
    await page.getByRole('button', { name: 'Range…' }).click();
    await fitsWidth(page);
  }],

  ['320 px: Alerts', async ({ page }, context) => {
    await page.setViewportSize({ width: 320, height: 800 });
    await page.goto(address(context.base, 'alerts'));
    await page.locator('.rules tbody tr').first().waitFor();
    await fitsWidth(page);
    await passesAxe(page, 'alerts at 320 px');
    await page.screenshot({ path: `${context.shots}alerts-320.png`, fullPage: true });
  }],
];

export const themeOf = (page) => page.evaluate(() => document.documentElement.dataset.theme);

/** No violation of WCAG 2.2 AA that axe can find. The source is run by the debugger, which the policy does not bind. */
export async function passesAxe(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), rules);
  const said = violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => n.html.slice(0, 200)).join('\n  ')}`);
  assert.equal(violations.length, 0, `axe, ${where}:\n${said.join('\n')}`);
}

/** The best contrast of a pixel left of the plotting area with the page: that of the axis labels, which axe cannot see. */
function axisContrast(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector('.plot canvas:not(.plot-overlay)');
    const over = document.querySelector('.u-over').getBoundingClientRect();
    const width = Math.max(1, Math.floor(over.left - canvas.getBoundingClientRect().left - 6));
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, canvas.height);
    const paper = getComputedStyle(document.querySelector('.plot')).backgroundColor.match(/[\d.]+/g).map(Number);
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const below = luminance(paper);
    let best = 1;
    for (let i = 0; i < data.length; i += 4) {
      const alpha = data[i + 3] / 255;
      const l = luminance([0, 1, 2].map((k) => data[i + k] * alpha + paper[k] * (1 - alpha)));
      best = Math.max(best, (Math.max(l, below) + 0.05) / (Math.min(l, below) + 0.05));
    }
    return best;
  });
}
