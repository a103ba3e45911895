// What the steps look at, and how they wait for it.
/** Waits until read gives something for which holds is true, and returns it; the message says what it was last. */
export async function eventually(what, read, holds, millis = 15_000) {
  const end = Date.now() + millis;
  let last;
  do {
    last = await read();
    if (holds(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  throw new Error(`${what}: not within ${millis / 1000} s; last seen: ${JSON.stringify(last)}`);
}

/** The address of a view below the base. */
export const address = (base, view, params = {}) => {
  const url = new URL(view, base);
  for (const [k, v] of Object.entries(params)) url.searchParams.set(k, v);
  return url.href;
};

/** The parameters in the address bar. */
export const params = (page) => Object.fromEntries(new URL(page.url()).searchParams);

/** The query to draw: the given one, or that of the first metric on the start page. */
export async function chooseQuery(page, { base, query }) {
  if (query) return query;
  await page.goto(base.href);
  await page.locator('.metrics button').first().click();
  await eventually('a query after a click on a metric', () => params(page).q, Boolean);
  return params(page).q;
}

/** Opens Explore with a query and waits for its lines. */
export async function openChart(page, context, extra = {}) {
  const q = await chooseQuery(page, context);
  await page.goto(address(context.base, 'explore', { q, s: 'e-1h', e: 'now', ...extra }));
  await chartDrawn(page);
  return q;
}

/** Waits for the summary of a chart with lines, and for ink in a colour of a line. */
export async function chartDrawn(page) {
  const summary = () => page.locator('.plot').getAttribute('aria-label');
  const text = await eventually('a chart with lines', summary, (t) => /^Chart of \d+ line/.test(t ?? ''));
  await eventually('ink of a line on the canvas', () => lineInk(page), (pixels) => pixels > 50);
  return text;
}

/** Counts the pixels of the plotting area, axes aside, that have about the colour of a line in the legend. */
export function lineInk(page) {
  return page.evaluate(() => {
    const strokes = new Set([...document.querySelectorAll('.legend .swatch line')].map((line) => line.getAttribute('stroke')));
    const wanted = [...strokes].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
    const canvas = document.querySelector('.plot canvas:not(.plot-overlay)');
    if (wanted.length === 0 || !canvas || canvas.width === 0) return 0;
    // A copy is read, as reading the canvas itself again and again makes the browser complain.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const lineWidth = 2; // a line of zeros lies on the edge of the area
    const [area, all] = ['.u-over', '.plot canvas'].map((s) => document.querySelector(s).getBoundingClientRect());
    const { data } = copy.getImageData(area.left - all.left, area.top - all.top, area.width, area.height + lineWidth);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 128 && wanted.some((rgb) => rgb.every((c, k) => Math.abs(c - data[i + k]) < 32))) count++;
    }
    return count;
  });
}

/** The plotting area, in pixels of the page. */
export const plotBox = (page) => page.locator('.u-over').boundingBox();

/** No part of the page sticks out to the right. */
export async function fitsWidth(page) {
  const excess = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await eventually('a page not wider than the window, in px too much', excess, (px) => px <= 0, 3000);
}
