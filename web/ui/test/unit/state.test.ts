import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSearch } from '../../src/app/location.ts';
import { defaults, type ExploreState, formatState, graphParams, markedSearch, markOf, parseState, refreshes } from '../../src/explore/state.ts';
import { visibleQuery } from '../../src/ui/text.ts';
import { forSeeds, randomText } from './random.ts';

test('an empty address is the defaults', () => {
  assert.deepEqual(parseState(''), defaults);
  assert.equal(formatState(defaults), '');
});

test('a query is written so that a person can read it', () => {
  const search = formatState({ ...defaults, q: 'name,http.req,:eq,(,nf.app,),:by', s: 'e-3h' });
  assert.equal(search, '?q=name,http.req,:eq,(,nf.app,),:by&s=e-3h&e=now');
});

test('what means something in a URL is escaped', () => {
  assert.equal(formatSearch([['q', 'a+b&c=d#e f%2C']]), '?q=a%2Bb%26c%3Dd%23e%20f%252C');
});

test('a lone surrogate does not throw', () => {
  assert.equal(formatSearch([['q', 'a\ud83db']]), '?q=a%EF%BF%BDb');
});

test('the plus of the API survives both ways of writing it', () => {
  assert.equal(parseState('?q=a&e=s%2B5m').e, 's+5m');
  assert.equal(parseState(formatState({ ...defaults, q: 'a', s: '2018-07-24', e: 's+5m' })).e, 's+5m');
});

test('unknown and broken parameters give defaults', () => {
  const state = parseState('?refresh=7s&view=cube&s=&e=%20&only=&only=abc&foo=bar&q=%zz');
  assert.deepEqual(state, { ...defaults, q: '%zz', only: ['abc'] });
});

test('reading what was written gives the same state', () => {
  forSeeds(2000, (random) => {
    const text = (): string => randomText(random).trim();
    const state: ExploreState = {
      q: visibleQuery(randomText(random)),
      s: text() || 'e-1h',
      e: text() || 'now',
      tz: text(),
      step: text(),
      refresh: refreshes[Math.floor(random() * refreshes.length)]!,
      view: random() < 0.5 ? 'graph' : 'table',
      stack: random() < 0.5 ? 'on' : 'off',
      at: random() < 0.5 ? '' : '2026-11-22T14:02:10Z',
      only: Array.from({ length: Math.floor(random() * 3) }, text).filter((name) => name !== ''),
    };
    assert.deepEqual(parseState(formatState(state)), state);
  });
});

test('the API gets the text as it is, and no parameter that is empty', () => {
  const state = { ...defaults, q: ' name,a,:eq ', tz: 'Europe/Berlin' };
  assert.deepEqual(graphParams(state, 812.4), [['q', ' name,a,:eq '], ['s', 'e-1h'], ['e', 'now'], ['tz', 'Europe/Berlin'], ['w', '812']]);
  assert.deepEqual(graphParams({ ...defaults, step: '5m' }, 0).slice(3), [['step', '5m'], ['w', '1']]);
});

test('a marked time is in the address, with a range around it and now', () => {
  const at = Date.parse('2026-11-22T14:02:10Z');
  const state = parseState(markedSearch('name,a,:eq,:sum,10', at, at + 600_000));
  assert.deepEqual([state.q, state.s, state.e, state.at], ['name,a,:eq,:sum,10', '2026-11-22T13:32:10Z', 'now', '2026-11-22T14:02:10Z']);
  assert.equal(markOf(state), at);
  assert.equal(parseState(markedSearch('1', at, at + 8 * 3_600_000)).s, '2026-11-22T12:02:10Z');
  for (const text of ['', 'yesterday', '2026-99-99']) assert.equal(markOf(parseState(`?at=${text}`)), undefined);
});
