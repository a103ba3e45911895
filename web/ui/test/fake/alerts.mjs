// A made-up answer of api/v1/alerts with every state there is.

export function alertsAnswer(state) {
  const now = Date.now();
  const step = 5000;
  const rules = state.empty ? [] : [errors(now), slow(now), broken(now), disk(now)];
  const closed = Math.floor(now / step) * step - step;
  return { now, step: closed, closed, skipped: 0, waiting: 1, given_up: 0, error: '', rules };
}

const expr = 'name,http.server.errors,:eq,:sum,(,nf.app,),:by,10,:gt';

function rule(name, patch) {
  return { name, expr, for: '3m', labels: { severity: 'page' }, annotations: {}, notify: ['oncall'], state: 'inactive', evaluated: Date.now(), error: '', groups: [], ...patch };
}

function group(app, state, ago, value, delivery, now) {
  return {
    id: `id-${app}`, labels: { 'nf.app': app, severity: 'page' }, state, since: now - ago, value, signal: value,
    annotations: { summary: `errors on ${app}: ${value}` },
    delivery: { receiver: 'oncall', state: 'none', at: 0, attempts: 0, error: '', ...delivery },
  };
}

const errors = (now) => rule('HighErrorRate', {
  state: 'firing',
  groups: [
    {
      ...group('checkout', 'firing', 840_000, 14.2, { state: 'delivered', at: now - 839_000, attempts: 1 }, now),
      graph: { q: 'name,http.server.errors,:eq,:sum,(,nf.app,),:by', at: now - 840_000 },
    },
    group('cart', 'firing', 65_000, 11.8, { state: 'failing', at: now - 5000, attempts: 6, error: 'oncall: POST http://127.0.0.1:9099/hook: connection refused' }, now),
    group('search', 'pending', 40_000, 10.4, {}, now),
    group('web', 'inactive', 4_000_000, 'NaN', { state: 'delivered', at: now - 3_900_000, attempts: 1 }, now),
    group('<b>bold</b> ‮evil', 'firing', 1000, 99, { state: 'waiting', at: now, attempts: 0 }, now),
  ],
});

const slow = () => rule('SlowCheckout', { expr: 'name,http.server.requests,:eq,:max', for: '5m' });
const broken = () => rule('BrokenRule', { error: 'regular expression "(a+)+$" takes too long: write it without the nested repeat' });
const disk = () => rule('DiskFull', { for: '', labels: {}, notify: [] });
