// The groups that have a state, one row each.

import { useState } from 'preact/hooks';
import type { AlertState, Delivery, Group } from '../api/alerts.ts';
import type { Tags } from '../api/read.ts';
import { formatNumber } from '../chart/number.ts';
import { durationText, isoText } from '../chart/time.ts';
import { Mark } from '../ui/mark.tsx';
import { isolate, shortLabel } from '../ui/text.ts';
import type { Row } from './rows.ts';

export interface GroupTableProps {
  rows: readonly Row[];
  /** The server's clock, Unix milliseconds: the browser's may be wrong. */
  now: number;
  /** The newest step that was looked at. */
  step: number;
  /** The address that shows an expression. */
  explore(expr: string, graph?: Group['graph']): string;
}

const firstRows = 60;

export function GroupTable({ rows, now, step, explore }: GroupTableProps) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, firstRows);
  return (
    <>
      <table class="cards groups">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Alert</th>
            <th scope="col">Labels</th>
            <th scope="col">Since</th>
            <th scope="col" class="number">Value</th>
            <th scope="col">Last delivery</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => <GroupRow key={`${row.rule.name} ${row.group.id}`} row={row} now={now} step={step} explore={explore} />)}
        </tbody>
      </table>
      {shown.length < rows.length && <button onClick={() => setAll(true)}>Show {rows.length - shown.length} more</button>}
    </>
  );
}

function GroupRow({ row: { rule, group }, now, step, explore }: { row: Row } & Omit<GroupTableProps, 'rows'>) {
  const ago = Math.max(0, now - group.since);
  const summary = new Map(group.annotations).get('summary');
  return (
    <tr>
      <td data-label="State">
        <State state={group.state} />
        {rule.held && <div class="meta">held</div>}
        {group.reason !== '' && <div class="meta">{shortLabel(group.reason.replaceAll('_', ' '), 60)}</div>}
      </td>
      <th scope="row" data-label="Alert">
        {rule.held ? <bdi>{shortLabel(rule.name)}</bdi> : <a href={explore(rule.expr, group.graph)}><bdi>{shortLabel(rule.name)}</bdi></a>}
        {summary && <div class="meta"><bdi>{shortLabel(summary, 300)}</bdi></div>}
        {group.unknown && group.unknown.last >= step && (
          <div class="warning">unknown since {isoText(group.unknown.first)}: {shortLabel(group.unknown.reason, 60)}</div>
        )}
      </th>
      <td data-label="Labels"><Labels tags={group.labels} /></td>
      <td class="since" data-label="Since">
        {group.since > 0 ? <time dateTime={isoText(group.since)} title={isoText(group.since)}>{durationText(ago)}</time> : '–'}
        {group.state === 'pending' && rule.for !== '' && <span class="meta"> of {rule.for}</span>}
      </td>
      <td class="number" data-label="Value" title={`signal ${formatNumber(group.signal)}`}>
        {Number.isNaN(group.value) ? '–' : formatNumber(group.value)}
        {group.valueStep > 0 && group.valueStep < step && <div class="meta">{durationText(now - group.valueStep)} ago</div>}
      </td>
      <td data-label="Last delivery"><DeliveryCell delivery={group.delivery} now={now} /></td>
    </tr>
  );
}

/** Shape, word and colour. */
export function State({ state }: { state: AlertState }) {
  return <span class={`state ${state}`}><Mark shape={state} />{state}</span>;
}

const mostLabels = 12;

export function Labels({ tags }: { tags: Tags }) {
  return (
    <span class="labels">
      {tags.slice(0, mostLabels).map(([k, v]) => (
        <span class="tag" key={k}><bdi>{shortLabel(k, 60)}</bdi>=<bdi>{shortLabel(v, 120)}</bdi></span>
      ))}
      {tags.length > mostLabels && <span class="meta">and {tags.length - mostLabels} more</span>}
    </span>
  );
}

function DeliveryCell({ delivery, now }: { delivery: Delivery; now: number }) {
  const { state, receiver, at, attempts, error } = delivery;
  if (state === 'none') return <span class="meta">none</span>;
  return (
    <span class={`state ${state}`} title={error === '' ? undefined : isolate(shortLabel(error, 500))}>
      <Mark shape={state} />
      <span>
        {state}
        {receiver !== '' && <> to <bdi>{shortLabel(receiver, 60)}</bdi></>}
        {at > 0 && <span class="meta"> {durationText(now - at)} ago</span>}
        {attempts > 1 && <span class="meta">, {attempts} attempts</span>}
        {error !== '' && <div class="meta"><bdi>{shortLabel(error, 160)}</bdi></div>}
      </span>
    </span>
  );
}
