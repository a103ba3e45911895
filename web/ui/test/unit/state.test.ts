import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSearch } from '../../src/app/location.ts';
import { defaults, type ExploreState, formatState, graphParams, parseState, refreshes } from '../../src/explore/state.ts';
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
      q: randomText(random),
      s: text() || 'e-1h',
      e: text() || 'now',
      tz: text(),
      step: text(),
      refresh: refreshes[Math.floor(random() * refreshes.length)]!,
      view: random() < 0.5 ? 'graph' : 'table',
      stack: random() < 0.5 ? 'on' : 'off',
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
