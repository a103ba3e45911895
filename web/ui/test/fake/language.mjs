// Made-up answers of api/v1/expr/words and api/v1/expr/analyze: enough for a list, an explanation and a stack view.
import { metrics } from './series.mjs';

const definition = (vocabulary, name, signature, summary, examples, more = {}) => ({ name, vocabulary, signature, summary, examples, ...more });

export const definitions = [
  definition('std', 'dup', 'a:Any -- Any Any', 'Copies the top value.', ['a,:dup'], { stacks: { 'a,:dup': [{ type: 'String', text: 'a' }, { type: 'String', text: 'a' }] } }),
  definition('query', 'eq', 'k:String v:String -- Query', 'Matches series that have the key with this value.', ['name,cpu,:eq']),
  definition('data', 'sum', 'q:Query -- DataExpr', 'Adds the values of all matching series.', ['name,cpu,:eq,:sum']),
  definition('data', 'max', 'q:Query -- DataExpr', 'The greatest value of all matching series.', ['name,cpu,:eq,:max']),
  definition('math', 'sum', 'TimeSeriesExpr -- TimeSeriesExpr', 'Adds the lines of an expression.', ['name,cpu,:eq,:max,(,app,),:by,:sum']),
  definition('stateful', 'trend', 'TimeSeriesExpr window:Duration -- TimeSeriesExpr', 'The moving average over a span of time.', [], { deprecated: 'Use :rolling-mean instead' }),
];

/** The analysis of q with the cursor at byte pos. Every word takes the whole stack and leaves one value. */
export function analysis({ q, pos }) {
  const bytes = Buffer.from(q);
  const tokens = [];
  let stack = [];
  let offset = 0;
  const diagnostics = [];
  for (const raw of q.split(',')) {
    const length = Buffer.byteLength(raw);
    const word = definitions.find((d) => `:${d.name}` === raw);
    if (raw.startsWith(':')) {
      if (word) stack = [{ type: word.signature.split(' -- ')[1], text: q.slice(0, 60) }];
      else diagnostics.push({ offset, length, severity: 'error', message: `unknown word '${raw}'`, word: raw.slice(1), stack: [], suggestion: ':max' });
    } else if (raw !== '') stack = [...stack, { type: 'String', text: raw }];
    if (raw !== '') tokens.push({ offset, length, kind: word ? 'word' : 'text', stack, word });
    offset += length + 1;
  }
  const start = bytes.lastIndexOf(',', Math.max(0, pos - 1)) + 1;
  const items = candidates(bytes.subarray(start, pos).toString());
  const at = tokens.find((t) => t.word && pos >= t.offset && pos <= t.offset + t.length);
  return {
    tokens, diagnostics,
    completions: { offset: start, length: pos - start, items: items.slice(0, 50), total: items.length },
    hover: at ? { ...at, ...at.word, word: `:${at.word.name}`, consumed: at.stack, produced: at.stack } : null,
  };
}

function candidates(typed) {
  if (typed.startsWith(':')) {
    return definitions.filter((d) => `:${d.name}`.startsWith(typed))
      .map((d) => ({ text: `:${d.name}`, kind: 'word', detail: d.signature, summary: d.summary, fits: d.vocabulary !== 'std' }));
  }
  return metrics.filter((name) => name.includes(typed)).map((text, i) => ({ text, kind: 'value', series: 100 * i + 1 }));
}
