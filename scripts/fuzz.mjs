// Changed inputs over all commands: FUZZ_COUNT of them (100,000), the seeds from FUZZ_SEED (1) on. A process makes many calls, and
// another one goes on where it hangs or dies; findings are printed when they come, and a seed alone makes one again:
// `npm run fuzz -- 4711`. A run that was stopped goes on with the seed that it printed last.
import { build } from 'esbuild';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { watPlugin } from './wat.mjs';

const FIRST = Number(process.env.FUZZ_SEED ?? 1);
const COUNT = Number(process.env.FUZZ_COUNT ?? 100_000);
/** Calls of one process: what memory a call takes is seen in the most that its process took. */
const CALLS = 1_000;
/** A call that takes longer is ended, and made once more: on a busy machine it may just have waited. */
const PATIENCE_MS = 60_000;
const PRINT_EVERY = 1_000;

/** Sources ask where they stand; in the bundle they are told where they stood. */
const places = {
  name: 'places',
  setup(bundle) {
    bundle.onLoad({ filter: /[/](?:src|test)[/].*[.]ts$/ }, ({ path }) => ({
      contents: `const __dirname = ${JSON.stringify(dirname(path))};${readFileSync(path, 'utf8')}`,
      loader: 'ts',
    }));
  },
};

const directory = mkdtempSync(join(tmpdir(), 'mctl-fuzz-bundle-'));
const bundle = join(directory, 'worker.cjs');
await build({
  entryPoints: ['test/fuzz/worker.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: ['typescript', 'bufferutil', 'utf-8-validate'],
  supported: { 'dynamic-import': false },
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [watPlugin, places],
});

const one = process.argv[2];
if (one !== undefined) {
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', bundle, one], { stdio: 'inherit' });
  rmSync(directory, { recursive: true });
  process.exit(status ?? 1);
}

const { commands } = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'));
const known = new Set(
  Object.keys(commands).map((id) => id.replace('proxy-config:', 'pc ').replace('ztunnel-config:', 'zc ')),
);
const figures = {
  calls: 0,
  exits: {},
  commands: {},
  worstMs: 0,
  worst: null,
  memoryMiB: 0,
  largest: null,
  findings: 0,
};
const found = (finding) => {
  figures.findings++;
  console.log(`FOUND ${JSON.stringify(finding)}`);
};
const print = (seed) => console.log(`${new Date().toISOString()} seed ${seed} ${JSON.stringify(figures)}`);

const late = new Set();

/** Calls from a seed on by one process; gives the seed to go on with. */
async function calls(first, last) {
  const worker = fork(bundle, [String(first), String(last)], {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let said = '';
  worker.stderr.on('data', (chunk) => (said = (said + chunk).slice(-4_000)));
  let begun = first;
  let next = first;
  let timer;
  let isLate = false;
  worker.on('message', (message) => {
    if ('begins' in message) {
      begun = message.begins;
      clearTimeout(timer);
      timer = setTimeout(() => {
        isLate = true;
        worker.kill('SIGKILL');
      }, PATIENCE_MS);
      return;
    }
    const { ended, memory } = message;
    next = ended.seed + 1;
    figures.calls++;
    figures.exits[ended.exit] = (figures.exits[ended.exit] ?? 0) + 1;
    const command = known.has(ended.command) || ended.command.endsWith('curl') ? ended.command : 'other words';
    figures.commands[command] = (figures.commands[command] ?? 0) + 1;
    if (ended.milliseconds > figures.worstMs) {
      figures.worstMs = ended.milliseconds;
      figures.worst = `${ended.command} (${ended.seed})`;
    }
    const memoryMiB = Math.round(memory / 2 ** 20);
    if (memoryMiB > figures.memoryMiB) {
      figures.memoryMiB = memoryMiB;
      figures.largest = `${ended.command} (${ended.seed})`;
    }
    for (const finding of ended.findings) found(finding);
    if (ended.seed % PRINT_EVERY === 0) print(ended.seed);
  });
  const [status, signal] = await once(worker, 'close');
  clearTimeout(timer);
  if (next > last) return next;
  if (isLate && !late.has(begun)) {
    late.add(begun);
    return begun;
  }
  found({
    what: isLate ? 'a call that was ended' : `the process ended with ${signal ?? status}`,
    seed: begun,
    detail: said,
  });
  return begun + 1;
}

const end = FIRST + COUNT;
for (let seed = FIRST; seed < end;) seed = await calls(seed, Math.min(seed + CALLS, end) - 1);
print(end - 1);
rmSync(directory, { recursive: true });
process.exit(figures.findings === 0 ? 0 : 1);
