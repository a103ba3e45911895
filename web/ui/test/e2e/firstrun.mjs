// The first minute with an empty server. Always against the fake, as a server that has data cannot be emptied.
import assert from 'node:assert/strict';
import { startFake } from '../fake/server.mjs';
import { address, fitsWidth } from './claims.mjs';
import { passesAxe } from './looks.mjs';

export const firstRunSteps = [
  ['an empty server explains how to push, until the first point', async ({ page }, { shots }) => {
    const fake = await startFake({ empty: true });
    try {
      await page.goto(fake.url);
      const card = page.locator('.card');
      await card.waitFor();
      assert.match(await card.locator('pre').innerText(), new RegExp(`^curl ${fake.url}api/v1/publish`));
      await card.getByText(/appears at the end of its step, in \d+ s/).waitFor();
      await passesAxe(page, 'first run');
      await page.screenshot({ path: `${shots}first-run.png` });
      await page.setViewportSize({ width: 320, height: 700 });
      await fitsWidth(page);
      await page.goto(address(fake.url, 'alerts'));
      await page.getByText('No rules').waitFor();
      await page.goto(fake.url);
      await card.waitFor();
      await fetch(`${fake.url}api/v1/publish`, { method: 'POST', body: '{}' });
      await card.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: /http\.server\.requests/ }).waitFor();
    } finally {
      fake.close();
    }
  }],

  ['hostile tag values are text', async ({ page }, { shots }) => {
    const fake = await startFake();
    try {
      await page.goto(address(fake.url, 'explore', { q: 'name,hostile.values,:eq,:sum,(,id,),:by' }));
      await page.locator('.legend tbody tr').nth(4).waitFor();
      assert.equal(await page.locator('.legend img, .legend script, .legend b').count(), 0);
      assert.match(await page.locator('.legend').innerText(), /<img src=x onerror=alert\(1\)>/);
      assert.match(await page.locator('.legend').innerText(), /‹U\+202E›evil/);
      await page.locator('.u-over').hover();
      await page.locator('.tooltip').waitFor();
      await page.screenshot({ path: `${shots}hostile.png` });
      await page.setViewportSize({ width: 320, height: 700 });
      await fitsWidth(page);
      await page.goto(address(fake.url, 'alerts'));
      await page.getByText('<b>bold</b>').first().waitFor();
      assert.equal(await page.locator('table b').count(), 0);
    } finally {
      fake.close();
    }
  }],
];
