// A browser whose pages report everything that must not happen.
import { chromium } from 'playwright-core';

// One machine's picture is another's: no GPU, no fonts hinting, one colour profile, nothing in the background.
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--font-render-hinting=none', '--force-color-profile=srgb',
];
const defaults = {
  viewport: { width: 1200, height: 800 }, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce', deviceScaleFactor: 1, colorScheme: 'light',
};

/** Starts the browser; open makes a guarded page in a profile of its own. */
export async function launch() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
  return {
    open: async (options = {}) => guarded(await browser.newContext({ ...defaults, ...options })),
    close: () => browser.close(),
  };
}

async function guarded(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  let expected = [];
  const report = (fault) => {
    if (!expected.some((pattern) => pattern.test(fault))) faults.push(fault);
  };
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') report(`console: ${m.text()}`);
  });
  page.on('pageerror', (e) => report(`uncaught: ${e.stack ?? e.message}`));
  page.on('request', (r) => {
    const there = new URL(r.url());
    const here = page.url();
    if (here.startsWith('http') && there.protocol.startsWith('http') && there.origin !== new URL(here).origin) report(`off origin: ${r.url()}`);
  });
  return {
    page,
    /** Lets faults of these kinds pass from now on, and only these. */
    expect: (...patterns) => (expected = patterns),
    /** Throws if something happened that must not. */
    check() {
      if (faults.length > 0) throw new Error(`the page reported:\n${faults.join('\n')}`);
    },
    close: () => context.close(),
  };
}
