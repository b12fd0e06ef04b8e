// `node bench/cluster.mjs [--size 200 --runs 5]` after a build: a view of a pod through the tests' own API server. Where its
// time goes, what narrowing saves of a dump, and how much memory a large one takes.
import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { helpers } from './api-server.mjs';
import { writeDump } from './dumps.mjs';
import { measure } from './measure.mjs';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '228' }, runs: { type: 'string', default: '5' } },
});
const SAMPLE = 'sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz';
/** A dump of about 5,000 services, at the sample's size for each. */
const NARROWED = 100;
const directory = mkdtempSync(join(tmpdir(), 'mctl-bench-'));

const { KubeApi, CannedEnvoy } = await helpers(directory);

/** Runs mctl once; when it said what to whom, in milliseconds from its start. */
async function run(argv, marks = {}) {
  const start = performance.now();
  for (const mark of Object.values(marks)) mark.times.length = 0;
  const child = spawn('/usr/bin/time', ['-f', 'peak %M', process.execPath, 'bin/run.js', ...argv], {
    env: { ...process.env, KUBECONFIG: join(directory, 'kubeconfig') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  const status = await new Promise((done) => child.once('close', done));
  if (status !== 0) throw new Error(`exit status ${status}: ${stderr}`);
  const end = performance.now() - start;
  const times = Object.fromEntries(Object.entries(marks).map(([name, { times }]) => [name, times.at(-1) - start]));
  return { end, times, stderr, peak: Number(/peak (\d+)/.exec(stderr)[1]) / 1024 };
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

async function cluster(answer) {
  const api = await KubeApi.start();
  const envoy = await CannedEnvoy.start(answer);
  api.addPod({ name: 'web', namespace: 'shop' }, { port: envoy.port });
  writeFileSync(join(directory, 'kubeconfig'), api.kubeconfig());
  const { requests } = api;
  const first = { times: [] };
  requests.push = (...seen) => {
    if (first.times.length === 0) first.times.push(performance.now());
    return Array.prototype.push.apply(requests, seen);
  };
  return { api, envoy, first, close: async () => void (await envoy.close(), await api.close()) };
}

async function split(text) {
  const asked = { times: [] };
  const sent = { times: [] };
  const { first, close } = await cluster({
    configDump: text,
    instead: (_request, response) => {
      asked.times.push(performance.now());
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text, () => sent.times.push(performance.now()));
    },
  });
  const all = [];
  for (let count = 0; count < Number(values.runs) * 3; count++) {
    const { end, times } = await run(['pc', 'listener', 'web.shop'], { first, asked, sent });
    // Beside it in each round, so that both meet the same machine.
    const [{ wall: bare }] = measure([{ name: 'bare', argv: [process.execPath, '-e', '0'] }], 1);
    all.push({
      bare,
      over: end - bare,
      start: times.first,
      connect: times.asked - times.first,
      transfer: times.sent - times.asked,
      print: end - times.sent,
      end,
    });
  }
  await close();
  console.log(`\nOne pc listener of ${text.length} bytes, medians in ms`);
  for (const name of ['start', 'connect', 'transfer', 'print', 'end', 'bare', 'over']) {
    // bare is Node alone, over what the view takes beyond it.
    console.log(
      `  ${name.padEnd(10)} ${median(all.map((one) => one[name]))
        .toFixed(0)
        .padStart(6)}`,
    );
  }
}

async function narrowing() {
  const file = join(directory, 'narrowed.json');
  const bytes = writeDump(file, NARROWED);
  const text = readFileSync(file, 'utf8');
  const services = new Set(text.match(/"name":"outbound\|\d+\|\|[^"]+"/g)).size;
  const { close } = await cluster({ configDump: text });
  console.log(`\nBytes of config_dump for a mesh of ${services} services (whole: ${bytes})`);
  const host = 'reviews.ns-7.svc.cluster.local';
  for (const argv of [
    ['listener'],
    ['listener', '--name', '0.0.0.0_9080_7'],
    ['route'],
    ['cluster'],
    ['cluster', '--fqdn', host],
  ]) {
    const { stderr } = await run(['pc', argv[0], 'web.shop', ...argv.slice(1), '--show-requests']);
    const came = [...stderr.matchAll(/config_dump\S*: 200, (\d+) bytes/g)].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
    console.log(
      `  pc ${argv.join(' ').padEnd(48)} ${String(came).padStart(10)} ${((100 * came) / bytes).toFixed(2).padStart(6)} %`,
    );
  }
  await close();
}

async function memory() {
  const file = join(directory, 'large.json');
  const bytes = writeDump(file, Number(values.size));
  const { close } = await cluster({
    configDump: '',
    instead: (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      createReadStream(file, { highWaterMark: 1 << 18 }).pipe(response);
    },
  });
  console.log(`\nA dump of ${(bytes / 2 ** 20).toFixed(0)} MB`);
  for (const view of ['listener', 'cluster']) {
    for (const [name, source] of Object.entries({ 'through a cluster': ['web.shop'], 'from a file': ['-f', file] })) {
      const all = [];
      for (let count = 0; count < Number(values.runs); count++) all.push(await run(['pc', view, ...source]));
      const wall = median(all.map(({ end }) => end));
      const peak = median(all.map((one) => one.peak));
      console.log(
        `  pc ${view} ${name.padEnd(20)} ${wall.toFixed(0).padStart(7)} ms ${peak.toFixed(0).padStart(6)} MB`,
      );
    }
  }
  await close();
}

try {
  await split(gunzipSync(readFileSync(SAMPLE)).toString('utf8'));
  await narrowing();
  await memory();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
