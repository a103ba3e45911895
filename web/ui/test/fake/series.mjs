// Made-up series: functions of time, so that any range and step agrees with any other.

const apps = ['api', 'billing', 'cart', 'catalog', 'checkout', 'ledger', 'search', 'web'];

/** HTML, right to left with an override, 10 kB, control characters. */
const hostile = [
  '<img src=x onerror=alert(1)><script>alert(2)</script>',
  'שלום ‮evil‬ עולם',
  'x'.repeat(10_000),
  'tab\there\u0000null\u001b[31mred\nline',
  '$(nf.app) & "quotes" \' %s {{.}}',
];

const wave = (t, period, phase) => Math.sin((t / period) * 2 * Math.PI + phase);

/** Noise that depends on nothing but its arguments. */
function noise(t, seed) {
  const x = Math.sin(t / 5000 + seed * 78.233) * 43758.5453;
  return x - Math.floor(x) - 0.5;
}

function appLine(app, i) {
  const size = 40 + 55 * i;
  return {
    label: app,
    tags: { 'nf.app': app, name: 'http.server.requests' },
    value: (t) => size * (1 + 0.3 * wave(t, 3_600_000, i) + 0.1 * noise(t, i)),
  };
}

const kinds = {
  'http.server.requests': () => apps.map(appLine),
  'http.server.errors': () => apps.map((app, i) => ({ ...appLine(app, i), value: (t) => Math.max(0, 2 + 14 * wave(t, 2_400_000, i) ** 9 + noise(t, i)) })),
  'jvm.memory.used': () => apps.slice(0, 3).map((app, i) => ({ ...appLine(app, i), value: (t) => 4e8 * (1 + i) + ((t / 1000) % 600) * 4e5 })),
  'hostile.values': () => hostile.map((label, i) => ({ label, tags: { id: label, '<b>key</b>': '"' }, value: (t) => 10 + i + wave(t, 900_000, i) })),
  'many.lines': () => Array.from({ length: 150 }, (_, i) => ({ label: `node-${i}`, tags: { 'nf.node': `node-${i}` }, value: (t) => i + 3 * wave(t, 1_800_000, i) })),
  'gaps.and.points': () => [
    { label: 'with gaps', tags: {}, value: (t) => (Math.floor(t / 300_000) % 3 === 0 ? NaN : 5 + wave(t, 600_000, 0)) },
    { label: 'single points', tags: {}, value: (t) => (t % 600_000 === 0 ? 4 : NaN) },
    { label: 'nothing', tags: {}, value: () => NaN },
  ],
  'ended.half.an.hour.ago': () => [
    { label: 'ended', tags: {}, value: (t) => (t < Date.now() - 1_800_000 ? 7 : NaN) },
    { label: 'ended earlier', tags: {}, value: (t) => (t < Date.now() - 3_000_000 ? 8 : NaN) },
  ],
  'narrow.values': () => [{ label: 'narrow', tags: {}, value: (t) => 1.2375 + 0.035 * wave(t, 900_000, 0) }],
  'telamon.store.series': () => [{ label: 'telamon.store.series', tags: {}, value: () => 2000 }],
  'constant.zero': () => [{ label: 'constant.zero', tags: {}, value: () => 0 }],
};

const isOwn = (name) => name.startsWith('telamon.');
export const metrics = Object.keys(kinds).filter((name) => !isOwn(name)).sort();
export const ownMetrics = Object.keys(kinds).filter(isOwn);

/** The lines of a metric: all when grouped, else their sum. */
export function seriesFor(name, by) {
  const lines = kinds[name]?.() ?? [];
  if (by !== '' || lines.length === 0) return lines;
  const value = (t) => lines.map((l) => l.value(t)).filter(Number.isFinite).reduce((a, b) => a + b, 0);
  return [{ label: name, tags: { name }, value }];
}
