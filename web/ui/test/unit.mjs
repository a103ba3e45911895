// Runs the unit tests: esbuild strips the types (Node 20 cannot), node --test does the rest.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('./', import.meta.url));
const tests = readdirSync(`${here}unit`).filter((name) => name.endsWith('.test.ts')).sort();
rmSync(`${here}.out`, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: tests.map((name) => `unit/${name}`),
  outdir: '.out',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: ['node20'],
  sourcemap: 'inline',
  logLevel: 'warning',
});
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...tests.map((name) => `${here}.out/${name.replace(/ts$/, 'mjs')}`)], { stdio: 'inherit' });
process.exit(run.status ?? 1);
