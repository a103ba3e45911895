// The rules, whether they have groups or not.

import { useState } from 'preact/hooks';
import type { Rule } from '../api/alerts.ts';
import { Mark } from '../ui/mark.tsx';
import { shortLabel } from '../ui/text.ts';
import { Labels, State } from './groups.tsx';

const firstRows = 60;

export function RuleTable({ rules, explore }: { rules: readonly Rule[]; explore(expr: string): string }) {
  const [all, setAll] = useState(false);
  const shown = all ? rules : rules.slice(0, firstRows);
  if (rules.length === 0) return <p class="meta">No rule passes the filter.</p>;
  return (
    <>
      <table class="cards rules">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Rule</th>
            <th scope="col">Expression</th>
            <th scope="col">For</th>
            <th scope="col">Notifies</th>
            <th scope="col" class="number">Groups</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((rule) => <RuleRow key={rule.name} rule={rule} explore={explore} />)}
        </tbody>
      </table>
      {shown.length < rules.length && <button onClick={() => setAll(true)}>Show {rules.length - shown.length} more</button>}
    </>
  );
}

function RuleRow({ rule, explore }: { rule: Rule; explore(expr: string): string }) {
  return (
    <tr>
      <td data-label="State">
        {rule.error === '' ? <State state={rule.state} /> : <span class="state failing"><Mark shape="failing" />error</span>}
      </td>
      <th scope="row" data-label="Rule">
        <bdi>{shortLabel(rule.name)}</bdi>
        {rule.labels.length > 0 && <div><Labels tags={rule.labels} /></div>}
      </th>
      <td data-label="Expression">
        {rule.held
          ? <span class="meta">held: not in the rules file</span>
          : <a class="expr" href={explore(rule.expr)}><code>{shortLabel(rule.expr, 400)}</code></a>}
        {rule.error !== '' && <div class="critical">{shortLabel(rule.error, 400)}</div>}
      </td>
      <td data-label="For">{rule.for === '' ? 'at once' : rule.for}</td>
      <td data-label="Notifies">{rule.notify.map((name) => shortLabel(name, 60)).join(', ') || '–'}</td>
      <td class="number" data-label="Groups">{rule.groups.length}</td>
    </tr>
  );
}
