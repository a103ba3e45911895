// Time range, refresh and view: what is asked for, beside the query.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { moves, presetOf, presetRange, presets, rangeProblem } from './range.ts';
import { type ExploreState, type Refresh, refreshes } from './state.ts';

export interface ToolbarProps {
  state: ExploreState;
  live: boolean;
  /** The server does not answer. */
  gone: boolean;
  /** Since when nothing has come; undefined while something comes. */
  waiting: string | undefined;
  /** Whether there is an answer whose range can be moved. */
  movable: boolean;
  open: boolean;
  onOpen(open: boolean): void;
  onChange(patch: Partial<ExploreState>): void;
  onShift(fraction: number): void;
  onScale(factor: number): void;
}

export function Toolbar(props: ToolbarProps) {
  const { state, live, gone, waiting, movable, open, onOpen, onChange, onShift, onScale } = props;
  return (
    <>
      <div class="toolbar" role="group" aria-label="Time range and refresh">
        <div class="joined">
          <button aria-label="Earlier" title="Half a screen back  [" disabled={!movable} onClick={() => onShift(-0.5)}>‹</button>
          <RangeMenu state={state} onChange={onChange} onCustom={() => onOpen(true)} />
          <button aria-label="Later" title="Half a screen on  ]" disabled={!movable} onClick={() => onShift(0.5)}>›</button>
        </div>
        <div class="joined">
          <button aria-label="Zoom out" title="Twice the time  −" disabled={!movable} onClick={() => onScale(2)}>−</button>
          <button aria-label="Zoom in" title="Half the time  =" disabled={!movable} onClick={() => onScale(0.5)}>+</button>
        </div>
        <button aria-expanded={open} aria-controls="range-form" title="t" onClick={() => onOpen(!open)}>Range…</button>
        <RefreshMenu refresh={state.refresh} onChange={(refresh) => onChange({ refresh })} />
        {live && waiting !== undefined ? <span class="meta warning">○ {waiting}</span>
          : <span class={live ? 'live' : 'meta'}>{live ? '● Live' : gone ? 'No answer' : refreshHint(state)}</span>}
        <button
          class="push-right"
          aria-pressed={state.view === 'table'}
          title="v"
          onClick={() => onChange({ view: state.view === 'table' ? 'graph' : 'table' })}
        >
          Table
        </button>
      </div>
      {open && <RangeForm state={state} onChange={onChange} onClose={() => onOpen(false)} />}
    </>
  );
}

/** Why nothing is refreshed. */
function refreshHint(state: ExploreState): string {
  if (state.refresh === 'off') return 'Not refreshed';
  return moves(state) ? 'Paused' : 'Fixed range, paused';
}

function RangeMenu({ state, onChange, onCustom }: Pick<ToolbarProps, 'state' | 'onChange'> & { onCustom(): void }) {
  const chosen = presetOf(state) ?? 'custom';
  const change = (e: { currentTarget: HTMLSelectElement }): void => {
    const { value } = e.currentTarget;
    if (value === 'custom') onCustom();
    else onChange(presetRange(value));
  };
  return (
    <select aria-label="Time range" value={chosen} onChange={change}>
      {presets.map(([label, length]) => <option key={length} value={length}>{label}</option>)}
      <option value="custom">Custom range</option>
    </select>
  );
}

const refreshNames: Record<Refresh, string> = {
  auto: 'Refresh each step', off: 'Refresh off', '5s': 'Refresh 5 s', '10s': 'Refresh 10 s',
  '30s': 'Refresh 30 s', '1m': 'Refresh 1 min', '5m': 'Refresh 5 min',
};

function RefreshMenu({ refresh, onChange }: { refresh: Refresh; onChange(refresh: Refresh): void }) {
  return (
    <select aria-label="Automatic refresh" value={refresh} onChange={(e) => onChange(e.currentTarget.value as Refresh)}>
      {refreshes.map((r) => <option key={r} value={r}>{refreshNames[r]}</option>)}
    </select>
  );
}

/** The range as text, as the API takes it. Words that it takes for now, whatever they say, are refused here. */
function RangeForm({ state, onChange, onClose }: Pick<ToolbarProps, 'state' | 'onChange'> & { onClose(): void }) {
  const [draft, setDraft] = useState({ s: state.s, e: state.e, tz: state.tz, step: state.step });
  const first = useRef<HTMLInputElement>(null);
  // Before the next key comes, which would go elsewhere or be lost.
  useLayoutEffect(() => first.current?.focus(), []);
  useLayoutEffect(() => setDraft({ s: state.s, e: state.e, tz: state.tz, step: state.step }), [state.s, state.e, state.tz, state.step]);
  const field = (name: keyof typeof draft, label: string, hint: string) => (
    <label>
      <span>{label}</span>
      <input
        id={`range-${name}`}
        ref={name === 's' ? first : null}
        aria-invalid={refused?.name === name}
        aria-describedby={refused?.name === name ? 'range-refused' : undefined}
        value={draft[name]}
        placeholder={hint}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        onInput={(e) => setDraft({ ...draft, [name]: e.currentTarget.value })}
      />
    </label>
  );
  const [refused, setRefused] = useState<{ name: 's' | 'e'; why: string } | undefined>(undefined);
  const submit = (e: Event): void => {
    e.preventDefault();
    const problem = rangeProblem({ s: draft.s.trim(), e: draft.e.trim() });
    setRefused(problem);
    if (problem) document.getElementById(`range-${problem.name}`)?.focus();
    else onChange(draft);
  };
  return (
    <form id="range-form" class="range-form" onSubmit={submit} onKeyDown={(e) => e.key === 'Escape' && onClose()}>
      {field('s', 'Start', 'e-3h')}
      {field('e', 'End', 'now')}
      {field('tz', 'Zone', 'as the server')}
      {field('step', 'Step', 'automatic')}
      <button class="primary">Apply</button>
      <button type="button" onClick={onClose}>Close</button>
      {refused && <p class="critical" id="range-refused" role="alert">{refused.why}</p>}
      <p class="meta">For example <code>e-90m</code>, <code>now-1d</code>, <code>2026-11-22T14:00</code>, <code>1795356000</code>; zone <code>Europe/Berlin</code>; step <code>5m</code>.</p>
    </form>
  );
}
