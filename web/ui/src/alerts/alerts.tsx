// The Alerts view: what is firing, since when, and whether somebody was told; below it the rules.

import { useEffect, useState } from 'preact/hooks';
import type { Alerts as Answer, Group } from '../api/alerts.ts';
import { formatSearch, type Location } from '../app/location.ts';
import type { Keyboard } from '../app/keys.ts';
import { clockIn, fullText } from '../chart/time.ts';
import { markedSearch } from '../explore/state.ts';
import { OutageBanner } from '../ui/banner.tsx';
import { shortLabel } from '../ui/text.ts';
import { GroupTable } from './groups.tsx';
import type { AlertsModel } from './model.ts';
import { alertRows, filterOf, sortedRules, subjectOfRow, subjectOfRule } from './rows.ts';
import { RuleTable } from './rules.tsx';

export function Alerts({ model, location, keyboard }: { model: AlertsModel; location: Location; keyboard: Keyboard }) {
  useEffect(() => {
    model.watch(true);
    return () => model.watch(false);
  }, [model]);
  useEffect(() => keyboard.listen({ '/': () => document.getElementById('filter')?.focus() }), [keyboard]);
  const filter = new URLSearchParams(location.at.value.search).get('filter') ?? '';
  const setFilter = (text: string): void => location.go('alerts', formatSearch(text === '' ? [] : [['filter', text]]), { replace: true });
  const answer = model.alerts.value;
  const outage = model.outage.value;
  return (
    <main class="alerts">
      {outage && <OutageBanner outage={outage} stale={answer !== undefined} onRetry={model.retry} />}
      {model.error.value !== '' && <p class="critical" role="alert">{shortLabel(model.error.value, 500)}</p>}
      <div class="row">
        <h1>Alerts</h1>
        <Counts model={model} />
        <label class="filter push-right">
          <span class="visually-hidden">Filter alerts</span>
          <input id="filter" type="search" placeholder="state=firing nf.app=…" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />
        </label>
      </div>
      {answer && answer.error !== '' && <p class="critical" role="alert">{shortLabel(answer.error, 500)}</p>}
      {answer && answer.held.length > 0 && <Held rules={answer.held} />}
      {answer && (answer.rules.length > 0 ? <Tables answer={answer} filter={filter} location={location} /> : <NoRules />)}
    </main>
  );
}

const mostHeld = 10;

/** What fires without a rule, and the way out. */
function Held({ rules }: { rules: readonly string[] }) {
  const names = rules.slice(0, mostHeld).map((name) => shortLabel(name, 60)).join(', ') + (rules.length > mostHeld ? ', …' : '');
  return (
    <p class="critical" role="alert">
      The rules file does not have {rules.length === 1 ? 'a rule' : `${rules.length} rules`} whose alerts fire: <bdi>{names}</bdi>. These
      alerts are held: they neither resolve nor fire again until the rules are back in the file, or it says <code>allow_removal: true</code>.
    </p>
  );
}

function Counts({ model }: { model: AlertsModel }) {
  const counts = model.counts.value;
  if (!counts) return null;
  return <span class="meta" role="status">{counts.firing} firing · {counts.pending} pending</span>;
}

function Tables({ answer, filter, location }: { answer: Answer; filter: string; location: Location }) {
  const [quiet, setQuiet] = useState(false);
  const passes = filterOf(filter);
  const rows = alertRows(answer).filter((row) => passes(subjectOfRow(row)));
  const active = rows.filter((row) => row.group.state !== 'inactive');
  const inactive = rows.length - active.length;
  const rules = sortedRules(answer).filter((rule) => passes(subjectOfRule(rule)));
  const explore = (expr: string, graph?: Group['graph']): string =>
    location.href('explore', graph ? markedSearch(graph.q, graph.at, answer.now || Date.now()) : formatSearch([['q', expr]]));
  return (
    <>
      {active.length === 0 && <p class="ok">Nothing is firing or pending{filter === '' ? '.' : ' that the filter lets through.'}</p>}
      {(quiet ? rows : active).length > 0 && <GroupTable rows={quiet ? rows : active} now={answer.now} step={answer.step} explore={explore} />}
      {inactive > 0 && (
        <button aria-pressed={quiet} onClick={() => setQuiet(!quiet)}>
          {quiet ? 'Hide' : 'Show'} {inactive} inactive {inactive === 1 ? 'group' : 'groups'}
        </button>
      )}
      <h2>Rules</h2>
      <RuleTable rules={rules} explore={explore} />
      <Progress answer={answer} />
    </>
  );
}

/** A server that is less behind is not catching up, it is between two steps. */
const behindMillis = 120_000;

/** How far evaluation has come, and what was lost on the way. */
function Progress({ answer: { step, closed, skipped, waiting, givenUp } }: { answer: Answer }) {
  const at = (millis: number): string => `${fullText(clockIn('UTC')(millis))} UTC`;
  return (
    <p class="meta status">
      <span>{step > 0 ? `Evaluated up to ${at(step)}` : 'No step was evaluated yet'}</span>
      {step > 0 && closed > step + behindMillis && <span>Catching up to {at(closed)}</span>}
      {waiting > 0 && <span>{waiting} {waiting === 1 ? 'notification waits' : 'notifications wait'}</span>}
      {skipped > 0 && <span class="warning">{skipped} steps were missed for too long and left out</span>}
      {givenUp > 0 && <span class="critical">{givenUp} notifications were dropped, as too many waited</span>}
    </p>
  );
}

function NoRules() {
  return (
    <section class="card">
      <h2>No rules</h2>
      <p>The server was started without rules. Write a file like this and start it with <code>--rules rules.yaml</code>:</p>
      <pre tabIndex={0} aria-label="Example rules file">{exampleRules}</pre>
    </section>
  );
}

const exampleRules = `receivers:
  - name: oncall
    webhook: {url: "http://127.0.0.1:9099/hook"}
rules:
  - name: HighErrorRate
    expr: "name,http.server.errors,:eq,:sum,(,nf.app,),:by,10,:gt"
    for: 3m
    labels: {severity: page}
    notify: [oncall]`;
