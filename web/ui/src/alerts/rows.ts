// From rules to rows: order, filter, counts.

import type { Alerts, AlertState, Group, Rule } from '../api/alerts.ts';
import type { Tags } from '../api/read.ts';

/** One group of one rule. */
export interface Row {
  rule: Rule;
  group: Group;
}

const severity: Record<AlertState, number> = { firing: 0, pending: 1, inactive: 2 };

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All groups: firing before pending before inactive, in each the newest change first, then by name and labels. */
export function alertRows(alerts: Alerts): Row[] {
  const rows = alerts.rules.flatMap((rule) => rule.groups.map((group) => ({ rule, group })));
  return rows.sort(
    (a, b) =>
      severity[a.group.state] - severity[b.group.state] ||
      sinceOf(b.group) - sinceOf(a.group) ||
      byText(a.rule.name, b.rule.name) ||
      byText(a.group.id, b.group.id),
  );
}

const sinceOf = (group: Group): number => (Number.isNaN(group.since) ? 0 : group.since);

/** The rules: those in trouble first, then by name. A rule that cannot be evaluated is in trouble. */
export function sortedRules(alerts: Alerts): Rule[] {
  const rank = (r: Rule): number => (r.error !== '' ? -1 : severity[r.state]);
  return [...alerts.rules].sort((a, b) => rank(a) - rank(b) || byText(a.name, b.name));
}

/** How many groups are in each state. */
export function countStates(alerts: Alerts): Record<AlertState, number> {
  const counts = { firing: 0, pending: 0, inactive: 0 };
  for (const rule of alerts.rules) for (const group of rule.groups) counts[group.state]++;
  return counts;
}

/** What a filter looks at: words of text, tags, and one state. */
export interface Subject {
  words: string[];
  tags: Tags;
  state: AlertState;
}

export const subjectOfRow = ({ rule, group }: Row): Subject => ({
  words: [rule.name, group.delivery.receiver], tags: group.labels, state: group.state,
});

export const subjectOfRule = (rule: Rule): Subject => ({
  words: [rule.name, rule.expr, ...rule.notify], tags: rule.labels, state: rule.state,
});

/**
 * Makes the test for a filter: all of its pieces, divided by blanks, must hold. key=value wants that tag, whose value
 * begins so; state=firing that state; anything else is part of a name, a tag or the state. Case does not count.
 */
export function filterOf(text: string): (subject: Subject) => boolean {
  const pieces = text.toLowerCase().split(/\s+/).filter((p) => p !== '');
  return ({ words, tags, state }) => {
    const pairs = [...tags, ['state', state] as const].map(([k, v]) => `${k}=${v}`.toLowerCase());
    const texts = [...pairs, ...words.map((w) => w.toLowerCase())];
    return pieces.every((p) => (p.includes('=') ? pairs.some((pair) => pair.startsWith(p)) : texts.some((t) => t.includes(p))));
  };
}
