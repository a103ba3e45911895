// Drives the pages in a real browser against a running server.
//
//   node test/e2e/run.mjs URL [--query Q] [--alert-seconds N] [--only PART]
//   node test/e2e/run.mjs --fake                                  against test/fake, for work on the pages
//
// The server must hold data of the last hour, and one of its rules must fire within N seconds (default 300), as in the
// demo. Without --query the first metric on the start page is drawn; --only runs the steps that have PART in their names.
// CHROMIUM names the browser, /usr/bin/chromium if it is not set; without one this fails. Screenshots go to
// test/e2e/shots.
//
// An error on the console, an uncaught error and a request to another origin each fail the step they happen in.
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startFake } from '../fake/server.mjs';
import { alertSteps } from './alerts.mjs';
import { launch } from './browser.mjs';
import { exploreSteps } from './explore.mjs';
import { firstRunSteps } from './firstrun.mjs';
import { lookSteps } from './looks.mjs';
import { pictureSteps } from './pictures.mjs';
import { longSteps } from './long.mjs';
import { referenceSteps } from './reference.mjs';
import { saidSteps } from './said.mjs';
import { writingSteps } from './writing.mjs';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { fake: { type: 'boolean' }, only: { type: 'string', default: '' }, query: { type: 'string' }, 'alert-seconds': { type: 'string', default: '300' } },
});
const steps = [...alertSteps, ...exploreSteps, ...writingSteps, ...saidSteps, ...longSteps, ...referenceSteps, ...lookSteps, ...pictureSteps, ...firstRunSteps]
  .filter(([name]) => name.includes(flags.only));
const fake = flags.fake ? await startFake() : undefined;
const url = fake?.url ?? positionals[0];
if (!url) {
  console.error('usage: run.mjs URL [--query Q] [--alert-seconds N] [--only PART], or run.mjs --fake');
  process.exit(2);
}

const shots = fileURLToPath(new URL('./shots/', import.meta.url));
rmSync(shots, { recursive: true, force: true });
mkdirSync(shots, { recursive: true });

const browser = await launch();
const context = { base: new URL(url), fake: fake !== undefined, browser, shots, query: flags.query, alertMillis: Number(flags['alert-seconds']) * 1000 };
let failed = 0;
try {
  for (const [name, step] of steps) {
    const started = Date.now();
    const guard = await browser.open();
    try {
      await step(guard, context);
      guard.check();
      console.log(`ok    ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${name}\n      ${String(error.stack ?? error).replaceAll('\n', '\n      ')}`);
      await guard.page.screenshot({ path: `${shots}failed-${name.replaceAll(/\W+/g, '-')}.png` }).catch(() => {});
    } finally {
      await guard.close();
    }
  }
} finally {
  await browser.close();
  fake?.close();
}
console.log(failed === 0 ? `all steps passed; screenshots in ${shots}` : `${failed} steps failed; screenshots in ${shots}`);
process.exit(failed === 0 ? 0 : 1);
