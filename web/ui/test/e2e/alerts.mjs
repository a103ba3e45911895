// Alerts: one fires, and leads to its chart.
import assert from 'node:assert/strict';
import { address, chartDrawn, eventually, params } from './claims.mjs';
import { passesAxe } from './looks.mjs';

export const alertSteps = [
  ['an alert fires on the page', async ({ page }, { base, shots, alertMillis }) => {
    await page.goto(base.href);
    await page.getByRole('link', { name: /Alerts/ }).click();
    await page.locator('.rules tbody tr').first().waitFor();
    const firing = page.locator('.groups .state.firing');
    await eventually('a firing group', () => firing.count(), (n) => n > 0, alertMillis);
    const row = page.locator('.groups tbody tr', { has: page.locator('.state.firing') }).first();
    assert.match(await row.innerText(), /firing/);
    assert.equal(await row.locator('svg.mark').count() > 0, true, 'a state has a shape');
    await eventually('the count in the header', () => page.locator('nav .count').innerText(), (t) => Number(t) > 0);
    await page.screenshot({ path: `${shots}alerts-light.png` });
    await passesAxe(page, 'alerts light');
    await page.getByRole('button', { name: /colours$/ }).click();
    await passesAxe(page, 'alerts dark');
    await page.screenshot({ path: `${shots}alerts-dark.png` });
    await row.locator('a').first().click();
    await eventually('the expression of the rule', () => params(page).q, Boolean);
    await chartDrawn(page);
  }],

  ['the filter narrows the list', async ({ page }, { base }) => {
    await page.goto(address(base, 'alerts'));
    await page.locator('.rules tbody tr').first().waitFor();
    await page.locator('body').press('/');
    await page.keyboard.type('no rule is called so');
    await eventually('no rule left', () => page.locator('.rules tbody tr').count(), (n) => n === 0);
    assert.equal(params(page).filter, 'no rule is called so');
    await page.reload();
    await page.getByText('No rule passes the filter').waitFor();
  }],
];
