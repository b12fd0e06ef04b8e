// Every kind of command on so much of one thing and on ten times as much: processor time, which says what the machine's other
// work does not, and the most memory.
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KINDS, REQUEST, writeGrowing } from './growth.mjs';
import { writeManyRules, writeManyWorkloads, POD } from './growth-inputs.mjs';
import { measure } from './measure.mjs';

/** What no command may take of 100,000, and how long is waited for one. */
const SECONDS = 10;
const MEGABYTES = 500;
const PATIENCE = 120_000;
const isKilled = ({ wall }) => wall >= PATIENCE;

const LINE =
  '[2026-01-01T00:00:00.000Z] "GET /p1/x HTTP/1.1" 200 - via_upstream - "-" 0 1 1 1 "-" "x" "id" "h1.test:8080" "10.0.0.1:80" c 10.0.0.2:1 10.0.0.1:8080 10.0.0.2:2 - -';

const formats = (command, ...names) => names.map((name) => [...command, '-o', name]);
const view = (name) => formats(['pc', name], 'short', 'table', 'wide', 'json', 'yaml', 'name', 'jsonpath={..name}');
/** Of every request at once there is no end in 100,000 routes; of those that one of them may take there is. */
const where = ['host=h1.test', 'header:x=v1', 'path=/p1/x'].flatMap((condition) => ['--where', condition]);

/** What is asked of every dump, and of those with many of a kind beside it. */
const EVERY = [
  'TRACE',
  'CHECKS',
  ['lint'],
  ...formats(['pc', 'all'], 'json', 'yaml'),
  ['proxy-status'],
  'DIFF',
  'CAPTURE',
];
const REQUESTS = [
  ['check', '--generate'],
  'TRACE html',
  'TRACE json',
  'BEHAVIOR',
  ['explain', LINE],
  'REPLAY',
  ['reach', ...where],
];
const OF_KIND = {
  routes: [...REQUESTS, ['pc', 'route']],
  'header routes': [...REQUESTS, ...view('route')],
  'routes by expressions': REQUESTS.slice(0, 3),
  'query routes': REQUESTS,
  'contains routes': REQUESTS,
  'virtual hosts': [...REQUESTS, ...view('route')],
  'weighted clusters': REQUESTS,
  endpoints: [...REQUESTS, ...view('endpoint'), ...['yaml', 'mermaid', 'dot', 'table'].map((name) => `TRACE ${name}`)],
  'endpoints by EDS': [['pc', 'eds']],
  clusters: [...view('cluster'), ...formats(['pc', 'endpoint'], 'short', 'json')],
  listeners: view('listener'),
  'filter chains': [...REQUESTS.slice(0, 3), ...formats(['pc', 'listener'], 'short', 'json', 'yaml')],
  policies: ['TRACE json', ['pc', 'listener']],
  secrets: formats(['pc', 'secret'], 'short', 'json', 'yaml'),
};

/**
 * Prints for each kind and command the time at so many, at ten times as many, their ratio, and the most memory of the latter.
 * @param inputs where dumps may be written
 */
export function growth(count, inputs) {
  const numbers = [count, 10 * count];
  const mctl = (...args) => [process.execPath, resolve('bin/run.js'), ...args];
  const over = [];
  const row = (name, argvs) => {
    const cases = argvs.map((argv) => ({ name, argv, status: null }));
    const [few, many] = measure(cases, 1, PATIENCE);
    const failed = [few, many].filter(({ status }) => status > 1 && status < 128);
    if (failed.length > 0) throw new Error(`${name}: exit status ${failed[0].status}`);
    const isOver = isKilled(many) || many.cpu > SECONDS * 1000 || (many.peak ?? 0) > MEGABYTES;
    if (isOver) over.push(name);
    const ratio = isKilled(many) ? '-' : (many.cpu / few.cpu).toFixed(1);
    const peak = many.peak === null || isKilled(many) ? '' : `${many.peak.toFixed(0).padStart(6)} MB`;
    const times = [few, many].map((one) => (isKilled(one) ? 'killed' : (one.cpu / 1000).toFixed(2)).padStart(8));
    console.log(`  ${name.padEnd(46)} ${times.join(' ')} ${ratio.padStart(6)} ${peak}${isOver ? '  over' : ''}`);
  };
  const heading = (kind) =>
    console.log(`\n${numbers[0]} and ${numbers[1]} ${kind}: seconds of processor time, growth, memory`);

  for (const [kind, commands] of Object.entries(OF_KIND)) {
    heading(kind);
    const files = numbers.map((number) => {
      const file = join(inputs, `${number}.growth.json`);
      return { file, url: writeGrowing(file, kind, number) };
    });
    for (const command of [...EVERY, ...commands]) {
      const name =
        typeof command === 'string' ? command.toLowerCase() : command.filter((word) => word !== LINE).join(' ');
      row(
        `${kind}: ${name.slice(0, 24)}`,
        files.map((one) => mctl(...wordsOf(command, one, inputs))),
      );
    }
    for (const { file } of files)
      for (const made of [file, `${file}.captured`]) rmSync(made, { recursive: true, force: true });
  }

  heading('workloads of a ztunnel');
  const dumps = numbers.map((number) => {
    const file = join(inputs, `${number}.ztunnel.json`);
    writeManyWorkloads(file, number);
    return file;
  });
  for (const name of ['workload', 'service', 'policy', 'connections', 'all']) {
    for (const format of ['short', 'json', 'yaml', ...(name === 'all' ? [] : ['wide'])])
      row(
        `zc ${name} -o ${format}`,
        dumps.map((file) => mctl('zc', name, '-f', file, '-o', format)),
      );
  }
  for (const file of dumps) rmSync(file);

  heading('rules, and chains behind each other, of iptables');
  for (const kind of ['rules', 'chains']) {
    const snapshots = numbers.map((number) => {
      const snapshot = join(inputs, `${number}.${kind}`);
      writeManyRules(snapshot, kind, number);
      return snapshot;
    });
    const trace = ['pc', 'trace', POD, 'http://reviews:9080/', '--snapshot'];
    row(
      `${kind}: trace`,
      snapshots.map((snapshot) => mctl(...trace, snapshot)),
    );
    for (const snapshot of snapshots) rmSync(snapshot, { recursive: true });
  }
  console.log(`\nOver ${SECONDS} s or ${MEGABYTES} MB: ${over.length === 0 ? 'none' : over.join('; ')}`);
}

/** A command on one of the dumps, with the inputs that it needs beside it. */
function wordsOf(command, { file, url }, inputs) {
  if (typeof command !== 'string') return [...command, '-f', file];
  const [name, format = 'tree'] = command.split(' ');
  switch (name) {
    case 'TRACE':
      return ['pc', 'trace', url, '-H', 'x: v1', '-o', format, '-f', file];
    case 'DIFF':
      return ['diff', file, file];
    case 'BEHAVIOR':
      return ['diff', '--behavior', ...where, file, file];
    case 'CAPTURE':
      return ['capture', `${file}.captured`, '-f', file];
    case 'REPLAY': {
      const log = join(inputs, 'growth.log');
      writeFileSync(log, `${LINE}\n`.repeat(1000));
      return ['replay', log, '-f', file];
    }
    default: {
      const checks = join(inputs, 'growth.checks.json');
      writeFileSync(
        checks,
        JSON.stringify({ checks: Array.from({ length: 100 }, (_, n) => ({ request: REQUEST(n) })) }),
      );
      return ['check', checks, '-f', file];
    }
  }
}

for (const kind of Object.keys(OF_KIND)) if (!Object.hasOwn(KINDS, kind)) throw new Error(`no kind ${kind}`);
