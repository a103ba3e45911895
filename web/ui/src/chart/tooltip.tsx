// What is under the cursor: the time and the nearest lines, never all.

import { shortLabel } from '../ui/text.ts';
import type { Theme } from './colour.ts';
import type { DrawnLine } from './drawn.ts';
import type { Reading } from './nearest.ts';
import { formatNumber } from './number.ts';
import { Swatch } from './swatch.tsx';

export interface TooltipProps {
  time: string;
  lines: readonly DrawnLine[];
  readings: readonly Reading[];
  /** The line in bold, or -1. */
  closest: number;
  /** How many more lines are shown at this place. */
  more: number;
  /** Pixels from the left edge of the frame, and its width: the tooltip stays on the wider side. */
  left: number;
  width: number;
  theme: Theme;
}

const gapPixels = 14;

export function Tooltip({ time, lines, readings, closest, more, left, width, theme }: TooltipProps) {
  const style = left < width / 2 ? { left: `${left + gapPixels}px` } : { right: `${width - left + gapPixels}px` };
  return (
    <div class="tooltip" style={style} aria-hidden="true">
      <div class="meta">{time}</div>
      {readings.map(({ line, value }) => (
        <div key={lines[line]!.name} class={line === closest ? 'tooltip-line closest' : 'tooltip-line'}>
          <Swatch look={lines[line]!.look} theme={theme} />
          <bdi class="label">{shortLabel(lines[line]!.label, 60)}</bdi>
          <span class="number">{formatNumber(value)}</span>
        </div>
      ))}
      {readings.length === 0 && <div class="meta">no value here</div>}
      {more > 0 && <div class="meta">and {more} more</div>}
    </div>
  );
}
