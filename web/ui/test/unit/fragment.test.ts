import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { holdsSearch, longestSearch, packFragment, plainFragment, unpackFragment } from '../../src/app/fragment.ts';
import { createLocation, formatSearch } from '../../src/app/location.ts';
import { forSeeds, randomText } from './random.ts';

const base = new URL('http://telamon.test/prefix/');
const longQuery = Array.from({ length: 500 }, (_, i) => `name,http.requests.${i},:eq,:sum`).join(',');
const longSearch = formatSearch([['q', longQuery], ['s', 'e-1h']]);
const z = (bytes: Uint8Array): string => `#z=${Buffer.from(bytes).toString('base64url')}`;

/** As much of a window as a location needs. */
class FakeWindow extends EventTarget {
  private entries: { url: URL; state: unknown }[];
  private i = 0;
  constructor(address: string) {
    super();
    this.entries = [{ url: new URL(address, base), state: null }];
  }
  get location(): URL { return this.entries[this.i]!.url; }
  readonly history = ((self) => ({
    get state() { return self.entries[self.i]!.state; },
    pushState(state: unknown, _: string, url: string) {
      self.entries = [...self.entries.slice(0, self.i + 1), { state, url: new URL(url, self.location) }];
      self.i++;
    },
    replaceState(state: unknown, _: string, url: string) { self.entries[self.i] = { state, url: new URL(url, self.location) }; },
    back() { self.move(-1); },
  }))(this);
  move(by: number): void {
    this.i += by;
    this.dispatchEvent(new Event('popstate'));
  }
}

const at = (address: string) => {
  const win = new FakeWindow(address);
  return { win, location: createLocation(base, win as unknown as Window) };
};
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test('any query string survives the fragment', async () => {
  const texts: string[] = [];
  forSeeds(50, (random) => void texts.push(formatSearch([['q', randomText(random, 60)]])));
  for (const text of [...texts, longSearch]) {
    assert.equal(await unpackFragment(await packFragment(text)), text);
    assert.equal(await unpackFragment(plainFragment(text)), text);
  }
  assert.ok((await packFragment(longSearch)).length < longSearch.length / 3);
  assert.match(await packFragment(longSearch), /^#z=[A-Za-z0-9_-]+$/);
});

test('places in the page are no queries', () => {
  assert.deepEqual(['', '#', '#vocabulary-math', '#zebra', '#?q=1', '#z=AA'].map(holdsSearch), [false, false, false, false, true, true]);
});

test('a damaged fragment is an error with a reason', async () => {
  const whole = await packFragment(longSearch);
  const broken = [whole.slice(0, -9), '#z=', '#z=%%%', '#z=AAAA', z(deflateRawSync(Buffer.from('q=1'))), z(deflateRawSync(Buffer.from([0x3f, 0xff, 0xfe])))];
  for (const hash of broken) await assert.rejects(unpackFragment(hash), /damaged/, hash.slice(-20));
});

test('a small fragment that would become huge is refused', async () => {
  const bomb = z(deflateRawSync(Buffer.alloc(200 << 20, 0x3f)));
  assert.ok(bomb.length < 1 << 20);
  const before = performance.now();
  await assert.rejects(unpackFragment(bomb), /longer than/);
  assert.ok(performance.now() - before < 2000);
});

test('a long query is in the fragment, and comes back with Back, Forward and a reload', async () => {
  const { win, location } = at('explore?q=1');
  await location.ready;
  location.go('explore', longSearch);
  assert.equal(location.at.value.search, longSearch);
  assert.ok(win.location.search === '' && win.location.pathname === '/prefix/explore');
  await settle();
  assert.match(win.location.href, /explore#z=/);
  win.move(-1);
  await settle();
  assert.equal(location.at.value.search, '?q=1');
  win.move(1);
  await settle();
  assert.equal(location.at.value.search, longSearch);
  const again = at(win.location.href).location;
  await again.ready;
  assert.equal(again.at.value.search, longSearch);
});

test('a short query stays in the query string', async () => {
  const { win, location } = at('explore');
  location.go('explore', '?q=name,a,:eq');
  await settle();
  assert.equal(win.location.href, 'http://telamon.test/prefix/explore?q=name,a,:eq');
  assert.ok(location.href('explore', longSearch).startsWith('http://telamon.test/prefix/explore#?q='));
  assert.ok(longSearch.length > longestSearch);
});

test('a damaged address is said, until the next one', async () => {
  const { win, location } = at('explore#z=AAAA');
  await location.ready;
  assert.match(location.fault.value, /damaged/);
  assert.equal(location.at.value.search, '');
  location.go('explore', '?q=1');
  assert.equal(location.fault.value, '');
  win.move(-1);
  await settle();
  assert.match(location.fault.value, /damaged/);
});

test('what is typed while a fragment is packed or read wins', async () => {
  const { win, location } = at('explore');
  location.go('explore', longSearch);
  location.go('explore', '?q=2');
  await settle();
  assert.equal(win.location.search, '?q=2');
  assert.equal(win.location.hash, '');
});
