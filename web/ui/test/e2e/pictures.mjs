// The pictures that the server draws, opened as a page of their own.
import assert from 'node:assert/strict';

export const pictureSteps = [
  ['an SVG graph opens, with its title and its line', async ({ page }, { base, shots, fake }) => {
    if (fake) return; // made-up data have no pictures
    const picture = new URL('api/v1/graph?q=42,the-answer,:legend&title=All%20of%20it&format=svg', base);
    await page.goto(picture.href);
    assert.equal(await page.evaluate(() => document.documentElement.tagName), 'svg');
    const texts = await page.evaluate(() => [...document.querySelectorAll('text')].map((t) => t.textContent));
    for (const text of ['All of it', 'the-answer']) assert.ok(texts.includes(text), `${text} is not among ${texts.join(' | ')}`);
    assert.equal(await page.evaluate(() => document.querySelectorAll('parsererror').length), 0);
    await page.screenshot({ path: `${shots}graph.svg.png` });
  }],
];
