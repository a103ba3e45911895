// The lines with their last value, average and maximum. A click shows a line alone.

import { useState } from 'preact/hooks';
import { ageOf, type Graph } from '../api/graph.ts';
import type { Tags } from '../api/read.ts';
import { clip, isolate, shortLabel, visible } from '../ui/text.ts';
import type { Theme } from './colour.ts';
import { type DrawnLine, isolated } from './drawn.ts';
import { exactNumber, formatNumber } from './number.ts';
import { Swatch } from './swatch.tsx';
import { durationText } from './time.ts';

export interface LegendProps {
  graph: Graph;
  /** The answer ends now. */
  moving: boolean;
  lines: readonly DrawnLine[];
  shown(line: number): boolean;
  only: readonly string[];
  theme: Theme;
  onOnly(only: string[]): void;
}

/** Rows beyond these come on demand: a thousand rows cost 100 ms of layout. */
const firstRows = 60;

export function Legend({ graph, moving, lines, shown, only, theme, onOnly }: LegendProps) {
  const [all, setAll] = useState(false);
  const rows = all ? lines : lines.slice(0, firstRows);
  const click = (name: string) => (e: MouseEvent) => onOnly(isolated(only, name, e.metaKey || e.ctrlKey));
  return (
    <div class="legend">
      <table>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col" class="number">last</th>
            <th scope="col" class="number">avg</th>
            <th scope="col" class="number">max</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((line, i) => (
            <tr key={line.name} class={shown(i) ? '' : 'off'}>
              <th scope="row">
                <button class="line-name" aria-pressed={only.includes(line.name)} title={tagText(line.tags)} onClick={click(line.name)}>
                  <Swatch look={line.look} theme={theme} />
                  <bdi class="label">{shortLabel(line.label)}</bdi>
                </button>
              </th>
              <td class="number" data-label="last" title={exactNumber(line.stats.last)}>
                {formatNumber(line.stats.last)}
                <Age millis={ageOf(graph, line.stats.lastIndex)} moving={moving} />
              </td>
              <td class="number" data-label="avg" title={exactNumber(line.stats.avg)}>{formatNumber(line.stats.avg)}</td>
              <td class="number" data-label="max" title={exactNumber(line.stats.max)}>{formatNumber(line.stats.max)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="row">
        {only.length > 0 && <button onClick={() => onOnly([])}>Show all lines</button>}
        {rows.length < lines.length && <button onClick={() => setAll(true)}>Show {lines.length - rows.length} more rows</button>}
      </div>
    </div>
  );
}

/** How old a last value is that is not the newest there could be. */
function Age({ millis, moving }: { millis: number; moving: boolean }) {
  return millis > 0 ? <div class="meta">{durationText(millis)} {moving ? 'ago' : 'before end'}</div> : null;
}

/** One tag per line, for the small window over a name. */
function tagText(tags: Tags): string {
  return clip(tags.map(([k, v]) => isolate(`${visible(clip(k, 100))} = ${visible(clip(v, 200))}`)).join('\n'), 2000);
}
