// `npm run bench [-- --sizes 1,10,100,700 --runs 3 --only start,live]`: start-up, a view of a pod, views of dumps of several
// sizes, many checks, a whole mesh and more, each as a ratio to what it is compared with in the same run. ISTIOCTL=PATH adds a
// real istioctl, `--nodes PATH,PATH` measures start and live on each of these Nodes, and `--write docs/performance.md` puts the
// tables into the document; they are printed at the end in any case.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { writeAccessLog } from './access-log.mjs';
import { writeChecks, writeDump, writeMesh } from './dumps.mjs';
import { writeGateway } from './gateway.mjs';
import { growth } from './growth-commands.mjs';
import { measure } from './measure.mjs';
import { writeManyWorkloads } from './growth-inputs.mjs';
import { writeSidecars } from './sidecars.mjs';
import { costOf, put, tablesText, writeTables } from './tables.mjs';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1,10,100,700' },
    runs: { type: 'string', default: '3' },
    checks: { type: 'string', default: '500' },
    many: { type: 'string', default: '10000' },
    mesh: { type: 'string', default: '500' },
    workloads: { type: 'string', default: '10000,100000' },
    nodes: { type: 'string', default: process.execPath },
    only: { type: 'string' },
    write: { type: 'string' },
  },
});
const runs = Number(values.runs);
const istioctl = process.env.ISTIOCTL;
const node = process.execPath;
const mctl = (...args) => [node, resolve('bin/run.js'), ...args];
/** The Nodes that starts are measured on, by their major version. */
const nodes = values.nodes.split(',').map((path) => {
  const version = execFileSync(path, ['-p', 'process.versions.node']).toString();
  return { path, major: version.split('.')[0] };
});
const directory = mkdtempSync(join(tmpdir(), 'mctl-bench-'));

function print(title, results, base) {
  const reference = results.find(({ name }) => name === base);
  console.log(`\n${title} (ratios to ${base})`);
  for (const { name, wall, peak } of results) {
    const memory = peak === null ? '' : `${peak.toFixed(0).padStart(6)} MB`;
    console.log(
      `  ${name.padEnd(34)} ${wall.toFixed(0).padStart(7)} ms ${(wall / reference.wall).toFixed(2).padStart(8)} ${memory}`,
    );
  }
}

const withIstioctl = (name, ...args) =>
  istioctl === undefined ? [] : [{ name: `istioctl ${name}`, argv: [istioctl, ...args] }];

/** Medians in a row of a table: those of Node alone, and each of the others. */
function putWalls(table, row, results) {
  for (const { name, wall } of results) put(table, row, `\`${name}\``, wall.toFixed(0));
}

function startUp() {
  const small = join(directory, 'small.json');
  const sample = 'sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz';
  writeFileSync(small, gunzipSync(readFileSync(sample)));
  for (const { path, major } of nodes) {
    const own = (...args) => [path, ...mctl(...args).slice(1)];
    const cases = [
      { name: 'node -e 0', argv: [path, '-e', '0'] },
      { name: 'mctl --version', argv: own('--version') },
      ...withIstioctl('version', 'version', '--remote=false'),
      { name: 'mctl pc listener -f', argv: own('pc', 'listener', '-f', small) },
      ...withIstioctl('pc listener -f', 'pc', 'listener', '-f', small),
    ];
    const results = measure(cases, runs * 3);
    print(`Start-up of Node ${major}`, results, 'node -e 0');
    putWalls('start', `Node ${major}`, results);
    if (istioctl !== undefined) {
      const wallOf = (wanted) => results.find(({ name }) => name === wanted).wall;
      for (const [name, view] of [
        ['ratio of versions', ['mctl --version', 'istioctl version']],
        ['ratio of views', ['mctl pc listener -f', 'istioctl pc listener -f']],
      ])
        put('start', `Node ${major}`, name, (wallOf(view[0]) / wallOf(view[1])).toFixed(2));
    }
  }
}

/** A view of a pod through the tests' own API server, which runs in a process of its own, beside one of a file. */
async function live() {
  const kubeconfig = join(directory, 'kubeconfig');
  const small = join(directory, 'live.json');
  writeFileSync(
    small,
    gunzipSync(readFileSync('sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz')),
  );
  const server = spawn(node, [resolve('bench/api-server.mjs'), kubeconfig], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  const view = ['pc', 'listener', 'web.shop', '--kubeconfig', kubeconfig];
  for (const { path, major } of nodes) {
    const own = (...args) => [path, ...mctl(...args).slice(1)];
    const cases = [
      { name: 'node -e 0', argv: [path, '-e', '0'] },
      { name: 'mctl, live', argv: own(...view) },
      { name: 'mctl, from a file', argv: own('pc', 'listener', '-f', small) },
      ...withIstioctl('live', ...view).map((one) => ({ ...one, name: 'istioctl, live' })),
    ];
    const results = measure(cases, runs * 5);
    print(`A small view of a pod, Node ${major}`, results, 'node -e 0');
    putWalls('live', `Node ${major}`, results);
    const [bare, own1, file] = results;
    console.log(`  beyond bare Node ${(own1.wall - bare.wall).toFixed(0).padStart(25)} ms`);
    put('live', `Node ${major}`, 'live, beyond Node', (own1.wall - bare.wall).toFixed(0));
    put('live', `Node ${major}`, 'file, beyond Node', (file.wall - bare.wall).toFixed(0));
  }
  server.stdin.end();
  await once(server, 'exit');
}

/** Rows of the table of views: the others are those of many questions. */
const TABLES = ['pc listener', 'pc route', 'pc cluster', 'pc endpoint', '--fqdn', '--port'];

function views(megabytes) {
  const file = join(directory, `${megabytes}.json`);
  const bytes = writeDump(file, megabytes);
  const trace = 'http://reviews.ns-1.svc.cluster.local:9080/';
  const requests = join(directory, 'requests.json');
  writeChecks(requests, 500, '.ns-1.svc.cluster.local');
  // What holds a document of this size as a whole, or takes long, is not tried on larger ones.
  const whole = [
    { name: 'mctl pc all -o json', argv: mctl('pc', 'all', '-f', file, '-o', 'json') },
    { name: 'mctl pc all', argv: mctl('pc', 'all', '-f', file) },
    // Three times as long as JSON.
    { name: 'mctl pc cluster -o yaml', argv: mctl('pc', 'cluster', '-f', file, '-o', 'yaml') },
    // The sample's productpage has findings.
    { name: 'mctl lint', argv: mctl('lint', '-f', file), status: 1 },
    { name: 'mctl diff with itself', argv: mctl('diff', file, file) },
  ];
  const filter = ['--fqdn', 'reviews.ns-1.svc.cluster.local'];
  const cases = [
    { name: 'reading the file', argv: [node, resolve('bench/read.mjs'), file] },
    ...['listener', 'route', 'cluster', 'endpoint'].map((view) => ({
      name: `mctl pc ${view}`,
      argv: mctl('pc', view, '-f', file),
    })),
    { name: 'mctl pc cluster --fqdn', argv: mctl('pc', 'cluster', '-f', file, ...filter) },
    { name: 'mctl pc listener --port', argv: mctl('pc', 'listener', '-f', file, '--port', '9081') },
    { name: 'mctl pc trace', argv: mctl('pc', 'trace', trace, '-f', file) },
    { name: 'mctl check, 500 requests', argv: mctl('check', requests, '-f', file) },
    ...['listener', 'cluster'].map((view) => ({
      name: `mctl pc ${view} -o json`,
      argv: mctl('pc', view, '-f', file, '-o', 'json'),
    })),
    { name: 'mctl pc cluster -o wide', argv: mctl('pc', 'cluster', '-f', file, '-o', 'wide') },
    { name: 'mctl pc listener -o jsonpath', argv: mctl('pc', 'listener', '-f', file, '-o', 'jsonpath={[*].name}') },
    ...(megabytes > 200 ? [] : whole),
    ...['listener', 'cluster'].flatMap((view) =>
      withIstioctl(`pc ${view} -o json`, 'pc', view, '-f', file, '-o', 'json'),
    ),
    ...['listener', 'route', 'cluster'].flatMap((view) => withIstioctl(`pc ${view}`, 'pc', view, '-f', file)),
    ...withIstioctl('pc cluster --fqdn', 'pc', 'cluster', '-f', file, ...filter),
  ];
  const results = measure(cases, megabytes > 200 ? Math.min(3, runs) : runs);
  print(`A dump of ${(bytes / 1e6).toFixed(0)} MB`, results, 'reading the file');
  const size = `${(bytes / 1e6).toFixed(0)} MB`;
  const [reading] = results;
  for (const result of results) {
    const { name, wall, peak } = result;
    const row = name === reading.name ? name : `\`${name}\``;
    const isTable = name === reading.name || TABLES.some((view) => name.endsWith(view));
    const cell = `${wall.toFixed(0)} / ${(wall / reading.wall).toFixed(2)} / ${peak?.toFixed(0) ?? '-'}`;
    if (isTable) put('views', row, size, cell);
    // By the clock these would tell of what else the machine does.
    if (!isTable || name === reading.name) put('questions', row, size, costOf(result));
  }
  rmSync(file);
}

function checks(count) {
  const [one, many] = [1, count].map((number) => {
    const file = join(directory, `${number}.checks.json`);
    writeChecks(file, number);
    return file;
  });
  const cases = [
    { name: 'one check', argv: mctl('check', one, '--sample') },
    { name: `${count} checks`, argv: mctl('check', many, '--sample') },
  ];
  print('Checks over the sample', measure(cases, runs), 'one check');
}

/** Every request at once: the sample, and a gateway with so many routes, one in twenty a regular expression. */
function reach() {
  const cases = [
    { name: 'mctl reach, sample', argv: mctl('reach', 'productpage-v1-6b746f74dc-9stvs.bookinfo', '--sample') },
    ...[100, 1000].map((count) => {
      const file = join(directory, `${count}.reach.json`);
      writeGateway(file, count, count / 20);
      return { name: `mctl reach, ${count} routes`, argv: mctl('reach', '-f', file, '-o', 'json') };
    }),
  ];
  print('Every request at once', measure(cases, Math.min(3, runs)), 'mctl reach, sample');
}

/** Who can reach a pod: of so many sidecars that each know so many Services, and of a fifth of them. */
function reachers(count, services) {
  const cases = [count / 5, count].map((number) => {
    const snapshot = join(directory, `${number}.sidecars`);
    const pod = writeSidecars(snapshot, number, services);
    return {
      name: `mctl reach --to, ${number} sidecars`,
      argv: mctl('reach', '--to', pod, '--snapshot', snapshot, '-o', 'json'),
    };
  });
  print(`Who can reach a pod, of ${services} Services`, measure(cases, 1), cases[0].name);
}

/** Views of a ztunnel that knows so many workloads. */
function ztunnels(count) {
  const file = join(directory, `${count}.ztunnel.json`);
  writeManyWorkloads(file, count);
  const size = `${(statSync(file).size / 1e6).toFixed(0)} MB`;
  const views = [
    ...['workload', 'service', 'policy', 'connections', 'all'].map((view) => [view]),
    ['workload', '--workload-namespace', 'ns-7'],
    ['workload', '-o', 'json'],
  ];
  const cases = [
    { name: 'reading the file', argv: [node, resolve('bench/read.mjs'), file] },
    ...views.map((words) => ({ name: `mctl zc ${words.join(' ')}`, argv: mctl('zc', ...words, '-f', file) })),
    ...views.flatMap((words) => withIstioctl(`zc ${words.join(' ')}`, 'zc', ...words, '-f', file)),
  ];
  const results = measure(cases, runs);
  print(`A ztunnel's dump of ${size}`, results, 'reading the file');
  for (const result of results)
    put('ztunnel', result.name.startsWith('reading') ? result.name : `\`${result.name}\``, size, costOf(result));
  rmSync(file);
}

/** A whole mesh, and one of ten times as many proxies. */
function meshes(count) {
  const snapshots = [count, 10 * count].map((number) => {
    const snapshot = join(directory, `${number}.mesh`);
    return { number, snapshot, file: writeMesh(snapshot, number) };
  });
  const captured = join(directory, 'mesh.captured');
  const commands = {
    'proxy-status': ({ snapshot }) => ['proxy-status', '--snapshot', snapshot],
    'lint --all-replicas': ({ snapshot }) => ['lint', '--all-replicas', '--snapshot', snapshot],
    'check, one for each': ({ snapshot, file }) => ['check', file, '--snapshot', snapshot],
    'check --shard 1/2': ({ snapshot, file }) => ['check', file, '--shard', '1/2', '--snapshot', snapshot],
    'diff with itself': ({ snapshot }) => ['diff', snapshot, snapshot],
    'capture -A': ({ snapshot }) => ['capture', captured, '-A', '--force', '--snapshot', snapshot],
  };
  for (const [name, argvOf] of Object.entries(commands)) {
    const cases = snapshots.map((one) => ({
      name: `${name}, ${one.number} proxies`,
      argv: mctl(...argvOf(one)),
      // The sample's productpage has findings.
      status: name.startsWith('lint') ? 1 : 0,
    }));
    const results = measure(cases, 1);
    print('A whole mesh', results, cases[0].name);
    const [few, many] = results;
    for (const [index, result] of results.entries())
      put('mesh', `\`mctl ${name}\``, `${snapshots[index].number.toLocaleString('en')} proxies`, costOf(result));
    put('mesh', `\`mctl ${name}\``, 'growth', few.cpu === null ? '-' : (many.cpu / few.cpu).toFixed(1));
  }
  rmSync(captured, { recursive: true, force: true });
  for (const { snapshot } of snapshots) rmSync(snapshot, { recursive: true });
}

function replays() {
  const proxy = ['--proxy', 'productpage-v1-6b746f74dc-9stvs.bookinfo', '--sample'];
  const cases = [1000, 10_000, 100_000].map((lines) => {
    const file = join(directory, `${lines}.access.log`);
    writeAccessLog(file, lines);
    return { name: `mctl replay, ${lines} lines`, argv: mctl('replay', file, ...proxy) };
  });
  const results = measure(cases, Math.min(3, runs));
  print('Access logs', results, 'mctl replay, 1000 lines');
  for (const result of results) put('replay', `\`${result.name}\``, 'time and memory', costOf(result));
}

const PARTS = {
  start: startUp,
  live,
  views: () => values.sizes.split(',').forEach((size) => views(Number(size))),
  checks: () => checks(Number(values.checks)),
  reach,
  reachers: () => reachers(200, 500),
  replays,
  growth: () => growth(Number(values.many), directory),
  ztunnels: () => values.workloads.split(',').forEach((count) => ztunnels(Number(count))),
  meshes: () => meshes(Number(values.mesh)),
};

try {
  const wanted = values.only === undefined ? Object.keys(PARTS) : values.only.split(',');
  for (const name of wanted) {
    if (!Object.hasOwn(PARTS, name)) throw new Error(`no part ${name}: ${Object.keys(PARTS).join(', ')}`);
    const start = performance.now();
    await PARTS[name]();
    console.log(`\n${name} took ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  console.log(tablesText());
  if (values.write !== undefined) await writeTables(values.write);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
