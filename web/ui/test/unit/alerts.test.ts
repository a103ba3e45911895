import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertRows, countStates, filterOf, sortedRules, subjectOfRow } from '../../src/alerts/rows.ts';
import { decodeAlerts } from '../../src/api/alerts.ts';

const group = (id: string, state: string, since: number, labels = {}) => ({
  id, state, since, labels, value: 1, signal: 'NaN', delivery: { receiver: 'oncall', state: 'delivered', at: since, attempts: 1, error: '' },
});
const answer = decodeAlerts({
  now: 100, step: 5000, closed: 95,
  rules: [
    { name: 'B', expr: 'b', for: '3m', labels: { severity: 'page' }, state: 'firing', groups: [group('2', 'inactive', 9), group('1', 'firing', 5, { 'nf.app': 'api' })] },
    { name: 'A', expr: 'a', state: 'pending', groups: [group('3', 'pending', 7, { 'nf.app': 'web' }), group('4', 'firing', 6, { 'nf.app': 'cart' })] },
    { name: 'C', expr: 'c', state: 'inactive', error: 'broken' },
  ],
});

test('a missing or broken field is empty', () => {
  const { rules } = decodeAlerts({ rules: [null, 7, {}, { groups: [{}, 'x'] }] });
  assert.equal(rules.length, 2);
  assert.deepEqual(rules[0], { name: '', expr: '', for: '', labels: [], annotations: [], notify: [], state: 'inactive', evaluated: NaN, error: '', held: false, groups: [] });
  assert.equal(rules[1]!.groups[0]!.delivery.state, 'none');
  assert.equal(rules[1]!.groups[0]!.unknown, undefined);
  assert.throws(() => decodeAlerts([]), /api\/v1\/alerts/);
});

test('held rules are told apart', () => {
  const { held, rules } = decodeAlerts({ held: ['A'], rules: [{ name: 'A', held: true }] });
  assert.deepEqual(held, ['A']);
  assert.equal(rules[0]!.held, true);
});

test('unknown steps and the end of an episode are read', () => {
  const body = { rules: [{ groups: [{ value: 3, value_step: 4000, reason: 'no_data', unknown: { first: 1000, last: 2000, reason: 'stopped' } }, { unknown: null }] }] };
  const [one, other] = decodeAlerts(body).rules[0]!.groups;
  assert.deepEqual([one!.valueStep, one!.reason, one!.unknown], [4000, 'no_data', { first: 1000, last: 2000, reason: 'stopped' }]);
  assert.equal(other!.unknown, undefined);
});

test('the worst and newest come first', () => {
  assert.deepEqual(alertRows(answer).map((r) => r.group.id), ['4', '1', '3', '2']);
  assert.deepEqual(sortedRules(answer).map((r) => r.name), ['C', 'B', 'A']);
  assert.deepEqual(countStates(answer), { firing: 2, pending: 1, inactive: 1 });
});

test('a filter wants all of its pieces', () => {
  const ids = (text: string): string[] => alertRows(answer).filter((r) => filterOf(text)(subjectOfRow(r))).map((r) => r.group.id);
  assert.deepEqual(ids(''), ['4', '1', '3', '2']);
  assert.deepEqual(ids('state=firing'), ['4', '1']);
  assert.deepEqual(ids('STATE=FIRING nf.app=c'), ['4']);
  assert.deepEqual(ids('api'), ['1']);
  assert.deepEqual(ids('oncall pend'), ['3']);
  assert.deepEqual(ids('nf.app=pi'), []);
  assert.deepEqual(ids('  '), ['4', '1', '3', '2']);
});

test('a group says what to look at, or nothing', () => {
  const graphOf = (graph: unknown) => decodeAlerts({ rules: [{ groups: [{ id: 'a', graph }] }] }).rules[0]!.groups[0]!.graph;
  assert.deepEqual(graphOf({ q: 'name,a,:eq,:sum,10', at: 1796084970000 }), { q: 'name,a,:eq,:sum,10', at: 1796084970000 });
  for (const other of [undefined, null, 'x', {}, { q: '', at: 1 }, { q: 'a', at: 'x' }, { q: 'a', at: 0 }, { q: 'a', at: 1e300 }]) assert.equal(graphOf(other), undefined);
});
