import { launch } from './browser.mjs';
import { startFake } from '../fake/server.mjs';
const demo = new URL(process.argv[2]);
const b = await launch();
const shot = async (name, url, opts, act) => {
  const g = await b.open(opts);
  try { await g.page.goto(url); await g.page.waitForTimeout(1200); if (act) await act(g.page); await g.page.screenshot({ path: `/tmp/h6/${name}.png` }); console.log(name, await g.page.title()); }
  catch (e) { console.log(name, 'ERR', e.message); }
  try { g.check(); } catch (e) { console.log(name, e.message); }
  await g.close();
};
const ex = (q, more = '') => new URL(`explore?q=${encodeURIComponent(q)}${more}`, demo).href;
await shot('a-narrow', ex('name,sys.load.1,:eq,:avg'), {});
await shot('b-missing', ex('name,nosuch,:eq,:sum'), {});
await shot('c-mark', ex('name,http.server.errors,:eq,:sum,(,nf.app,),:by,10', `&at=${new Date(Date.now() - 1500000).toISOString()}`), { colorScheme: 'dark' });
await shot('d-years', ex('name,sys.load.1,:eq,:avg', '&s=2016-11-01&e=now'), {});
await shot('e-dst', ex('42', '&s=2026-10-24T22:30&e=2026-10-25T03:30&tz=Europe/Berlin'), {});
await shot('f-rlo', ex('name,a\u202eb\u200bc,:eq,:sum'), {});
const w320 = { viewport: { width: 320, height: 700 } };
await shot('g-320', ex('name,http.server.requests,:eq,:sum,(,nf.app,),:by'), w320);
await shot('h-keys', ex('42'), w320, async (p) => { await p.locator('body').press('?'); await p.waitForTimeout(500); });
await shot('i-long', new URL('explore', demo).href, {}, async (p) => {
  await p.locator('#query').fill(Array.from({ length: 300 }, (_, i) => `name,sys.load.1,:eq,:sum,${i},:add`).join(','));
  await p.locator('#query').press('Enter'); await p.waitForTimeout(2500); console.log(p.url().slice(0, 120), p.url().length); await p.reload(); await p.waitForTimeout(2500);
});
await shot('j-range', ex('42'), {}, async (p) => { await p.locator('body').press('t'); await p.getByLabel('Start').fill('yesterday'); await p.keyboard.press('Enter'); await p.waitForTimeout(300); });
await b.close();
