#!/usr/bin/env node
// How long each command lives on after SIGINT, SIGTERM and SIGHUP, whatever it computes: `node bench/signals.mjs`, after `npm run build`.
// Commands run over dumps of so many routes, endpoints, clusters, workloads that they take seconds; each signal is sent at several
// times of a run. Prints for each command the longest time from a signal to the end of the process, and the processor time in it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { REQUEST, writeGrowing } from './growth.mjs';
import { POD, writeManyRules, writeManyWorkloads } from './growth-inputs.mjs';

const { values: options } = parseArgs({
  options: {
    // How many routes, endpoints, …
    count: { type: 'string', default: '50000' },
    // How often each signal is sent to each command.
    times: { type: 'string', default: '2' },
    // An expression that the names of commands meet.
    only: { type: 'string', default: '' },
  },
});
const COUNT = Number(options.count);
const TIMES = Number(options.times);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** What no command may take. */
const MOST_MS = 1000;
/** Signals come within this time of a run. */
const LONGEST_MS = 6000;
/** A process that lives on for so long is killed. */
const PATIENCE_MS = 30_000;
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const inputs = mkdtempSync(join(tmpdir(), 'mctl-signals-'));
const at = (name) => join(inputs, name);
const range = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** User and system time of a process in milliseconds; null where it is gone. */
function processorTime(pid) {
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return state === 'Z' ? null : (Number(fields[10]) + Number(fields[11])) * TICK_MS;
  } catch {
    return null;
  }
}

function start(argv) {
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'bin/run.js'), ...argv], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  const ended = new Promise((done) =>
    child.once('exit', (status, by) => done({ status, by, took: performance.now() - began })),
  );
  return { child, ended };
}

/** How long a run takes without a signal, at most as long as is looked at. */
async function durationOf(argv) {
  const { child, ended } = start(argv);
  const found = await Promise.race([ended, sleep(LONGEST_MS)]);
  if (found === undefined) {
    child.kill('SIGKILL');
    await ended;
  }
  return found?.took ?? LONGEST_MS;
}

/** One run with a signal after so many milliseconds; null where it had ended by itself. */
async function signalled(argv, signal, after) {
  const { child, ended } = start(argv);
  if ((await Promise.race([ended, sleep(after)])) !== undefined) return null;
  const before = processorTime(child.pid) ?? 0;
  const sent = performance.now();
  child.kill(signal);
  for (let last = before; ;) {
    const end = await Promise.race([ended, sleep(5)]);
    if (end !== undefined) return { wall: performance.now() - sent, cpu: last - before, ...end };
    last = processorTime(child.pid) ?? last;
    if (performance.now() - sent > PATIENCE_MS) child.kill('SIGKILL');
  }
}

const dumps = {};
const urls = {};
for (const kind of [
  'header routes',
  'routes by expressions',
  'virtual hosts',
  'endpoints',
  'weighted clusters',
  'clusters',
  'policies',
  'filter chains',
  'secrets',
]) {
  dumps[kind] = at(`${kind.replaceAll(' ', '-')}.json`);
  urls[kind] = writeGrowing(dumps[kind], kind, COUNT);
}
const ztunnel = at('ztunnel.json');
writeManyWorkloads(ztunnel, COUNT);
const rules = at('rules');
writeManyRules(rules, 'rules', COUNT);
/** One text as long as a dump may have it, and names of which each is a host. */
const longText = at('long-text.json');
writeFileSync(
  longText,
  readFileSync(dumps.endpoints, 'utf8').replace(
    '"stat_prefix":"s"',
    `"stat_prefix":"s","x":{"inline_string":"${'key=value; '.repeat(COUNT * 40)}"}`,
  ),
);
const checks = at('checks.json');
writeFileSync(
  checks,
  JSON.stringify({
    checks: [
      ...range(300, (n) => ({
        request: { ...REQUEST(n), originalDst: '10.0.0.1:8080' },
        expect: { verdict: 'delivered' },
      })),
      { name: 'all', forAll: { where: ['path=/p1/x'], maxClasses: 1000 }, expect: { verdict: 'delivered' } },
    ],
  }),
);
const log = at('access.log');
const LINE = (n) =>
  `[2026-01-01T00:00:00.000Z] "GET /p${n}/x HTTP/1.1" 200 - via_upstream - "-" 0 1 1 1 "-" "x" "id" "h1.test:8080" "10.0.0.1:80" c 10.0.0.2:1 10.0.0.1:8080 10.0.0.2:2 - -`;
writeFileSync(log, range(5000, (n) => `${LINE(n)}\n`).join(''));

/** A running Envoy: its configuration and its answers to whatever else is asked. */
const config = readFileSync(dumps['header routes']);
const server = createServer((request, response) => {
  const isDump = request.url.startsWith('/config_dump');
  response.end(
    isDump
      ? config
      : request.url.startsWith('/clusters')
        ? '{"cluster_statuses":[]}'
        : 'active loggers:\n  rbac: info\n',
  );
});
server.listen(0, '127.0.0.1');
await new Promise((done) => server.once('listening', done));
const admin = `http://127.0.0.1:${server.address().port}`;

const formats = (words, ...names) => names.map((name) => [...words, '-o', name]);
const on = (kind, list) => list.map((words) => [...words, '-f', dumps[kind]]);
const trace = (kind, ...more) => ['pc', 'trace', urls[kind], '-H', 'x: v1', '--all-branches', '--explain', ...more];
const VIEW = ['short', 'table', 'wide', 'json', 'yaml', 'name', 'jsonpath={..name}'];
let made = 0;
const target = () => at(`captured-${made++}`);

/** Each makes its words anew: a capture needs a directory of its own. */
const calls = [
  ...on('header routes', [
    ...formats(['pc', 'route'], ...VIEW),
    ...formats(['pc', 'all'], 'short', 'json', 'yaml'),
    ['pc', 'bootstrap'],
  ]),
  ...on('clusters', [
    ...formats(['pc', 'cluster'], ...VIEW),
    ...formats(['pc', 'eds'], 'short', 'json'),
    ['pc', 'ecds'],
  ]),
  ...on('endpoints', formats(['pc', 'endpoint'], ...VIEW)),
  ...on('filter chains', formats(['pc', 'listener'], ...VIEW)),
  ...on('secrets', formats(['pc', 'secret'], ...VIEW)),
  ['pc', 'rootca-compare', dumps.secrets, dumps.secrets],
  ...['endpoints', 'header routes', 'weighted clusters', 'policies'].flatMap((kind) =>
    on(
      kind,
      ['tree', 'table', 'json', 'yaml', 'html', 'mermaid', 'dot'].map((name) => trace(kind, '-o', name)),
    ),
  ),
  ['pc', 'trace', POD, 'http://reviews:9080/', '--snapshot', rules],
  ...on('routes by expressions', [
    ['reach'],
    ...formats(['lint'], 'short', 'json'),
    ['check', '--generate'],
    ['proxy-status'],
  ]),
  ...on('header routes', [...formats(['reach'], 'json', 'yaml'), ['lint'], ['check', '--generate']]),
  ...on('virtual hosts', [['reach'], ['lint']]),
  ...on('filter chains', [['lint']]),
  ...formats(['check', checks, '-f', dumps['routes by expressions']], 'pretty', 'tap', 'junit', 'json', 'yaml'),
  ...['header routes', 'virtual hosts', 'clusters'].flatMap((kind) => [
    ...formats(['diff', dumps[kind], dumps['endpoints']], 'short', 'json'),
    ['diff', '--behavior', dumps[kind], dumps[kind]],
    ['diff', '--requests', checks, dumps[kind], dumps[kind]],
  ]),
  ...formats(['replay', log, '-f', dumps['routes by expressions']], 'short', 'json', 'junit'),
  ['explain', LINE(1), '-f', dumps['routes by expressions']],
  ...['workload', 'service', 'policy', 'certificate', 'connections', 'all'].flatMap((name) =>
    formats(['zc', name, '-f', ztunnel], 'short', 'json', 'yaml'),
  ),
  ...['header routes', 'clusters', 'endpoints'].flatMap((kind) => [
    ['capture', target, '-f', dumps[kind]],
    ['capture', target, '--redact', '--gzip', '-f', dumps[kind]],
  ]),
  ['capture', target, '-f', longText],
  ['capture', target, '--redact', '-f', longText],
  ['pc', 'all', '-o', 'json', '-f', longText],
  ['capture', target, '--redact', '--admin', admin],
  ['check', checks, '--prove', '--yes', '--admin', admin],
  ['pc', 'trace', urls['header routes'], '-H', 'x: v1', '--prove', '--yes', '--admin', admin],
  ['reach', '--admin', admin],
  ['lint', '--admin', admin],
  ['pc', 'log', '--level', 'rbac:debug', '--admin', admin],
  ['pc', 'stats', '--admin', admin],
];

let worst = { wall: 0, cpu: 0 };
let sent = 0;
const over = [];
for (const call of calls) {
  const name = call
    .map((word) => (word === target ? 'DIRECTORY' : word.replace(`${inputs}/`, '').slice(0, 40)))
    .join(' ');
  if (!new RegExp(options.only).test(name)) continue;
  const argv = () => call.map((word) => (word === target ? target() : word));
  const whole = await durationOf(argv());
  let most = { wall: 0, cpu: 0 };
  const ends = new Set();
  for (let time = 0; time < TIMES; time += 1) {
    for (const [which, signal] of SIGNALS.entries()) {
      const part = (time * SIGNALS.length + which + 0.5) / (TIMES * SIGNALS.length);
      const found = await signalled(argv(), signal, whole * part);
      if (found === null) continue;
      sent += 1;
      ends.add(found.by === null ? String(found.status) : 'signal');
      if (found.wall > most.wall) most = found;
    }
  }
  const isOver = most.cpu > MOST_MS;
  if (isOver) over.push(name);
  if (most.wall > worst.wall) worst = most;
  const figures = `${(whole / 1000).toFixed(1)} s; ends ${(most.wall / 1000).toFixed(2)} s after, ${(most.cpu / 1000).toFixed(2)} s of processor time`;
  console.log(`${isOver ? 'over ' : '     '}${name}: runs ${figures} (${[...ends].join(', ')})`);
  for (let number = 0; number < made; number += 1) rmSync(at(`captured-${number}`), { recursive: true, force: true });
}
server.close();
server.closeAllConnections();
rmSync(inputs, { recursive: true });
console.log(
  `\n${sent} signals; the longest end ${(worst.wall / 1000).toFixed(2)} s after, ${(worst.cpu / 1000).toFixed(2)} s of processor time`,
);
console.log(`Over ${MOST_MS / 1000} s of processor time: ${over.length === 0 ? 'none' : over.join('; ')}`);
