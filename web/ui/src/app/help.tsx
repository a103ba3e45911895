// The list of keys, and the switch that turns the single letters off.

import { useEffect, useRef } from 'preact/hooks';
import type { Keyboard } from './keys.ts';

const keys: ReadonlyArray<readonly [what: string, ...keys: string[]]> = [
  ['Run the query; begin a line in it', 'Enter', 'Shift+Enter'],
  ['Go to the query or the filter', '/'],
  ['Explore, Alerts, Words', 'g e', 'g a', 'g w'],
  ['In the query: what could come next; choose, take', 'Ctrl+Space', '↓', 'Tab'],
  ['In the query: what the word at the cursor does', 'F1'],
  ['In the query: no help until the next colon', 'Esc'],
  ['The stack after each word', 's'],
  ['Time range as text', 't'],
  ['Half a screen earlier, later', '[', ']'],
  ['Twice, half the time', '-', '='],
  ['Undo the last zoom', 'z'],
  ['Refresh on, off', 'L'],
  ['UTC, local time', 'u'],
  ['Chart, table', 'v'],
  ['In the chart: earlier, later; with Shift ten steps', '←', '→'],
  ['In the chart: next line', '↑', '↓'],
  ['Show all lines again', 'Esc'],
  ['This list', '?'],
];

export function Help({ keyboard, onClose }: { keyboard: Keyboard; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // The browser chooses the first control, which is at the end: a small window would open there.
    title.current?.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title" ref={title} tabIndex={-1}>Keys</h2>
      <table>
        <tbody>
          {keys.map(([what, ...names]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{names.map((name) => <kbd key={name}>{name}</kbd>)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="row">
        <input type="checkbox" checked={keyboard.enabled.value} onChange={(e) => keyboard.enable(e.currentTarget.checked)} />
        Single letters are shortcuts
      </label>
      <form method="dialog"><button>Close</button></form>
    </dialog>
  );
}
