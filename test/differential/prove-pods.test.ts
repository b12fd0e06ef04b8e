/**
 * `pc trace --prove` across two pods with real Envoys, behind the tests' API server: the request is sent by exec, logs and
 * levels go through the API server. SEEDS, FIRST_SEED as for the other rigs.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Proof, Trace } from '../../src/lib/trace/model';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { seedsToRun } from './report';
import { describeWithEnvoy } from './rig/requirements';
import type { PodCall } from './two-pods/calls';
import { makePodCalls } from './two-pods/calls';
import { clusterOf } from './two-pods/cluster';
import { Mesh } from './two-pods/mesh';
import type { Pod } from './two-pods/pod';

/** Few, for CI: each request takes seconds. */
const SEEDS = [1, 2, 5, 7];
const CALLS = 4;
/** Of these seeds together: if fewer steps are seen, nothing is proved. */
const FEWEST_SEEN = 80;

const directory = temporaryDirectory();
const seen = { true: 0, null: 0, false: 0 };
let requests = 0;

async function levels({ envoy }: Pod): Promise<string> {
  if (envoy === null) return '';
  return await new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: join(envoy.directory, 'admin.sock'), path: '/logging', method: 'POST' },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          resolve(text);
        });
      },
    );
    asked.on('error', reject).end();
  });
}

/** A call as a person asks for it; null for what is no plain HTTP request of the application. */
function argumentsOf({ address, port, http, tls, payload, uid }: PodCall): readonly string[] | null {
  if (http === null || tls !== null || payload !== 'http/1.1' || uid === 1337) return null;
  const headers = [['Host', http.host] as const, ...http.headers].flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ]);
  return [`http://${address}:${port}${http.path}`, '-X', http.method, '--yes', ...headers];
}

function proofOf({ stdout, stderr }: CliRun): Proof {
  if (stdout === '') throw new Error(stderr);
  const { proof } = JSON.parse(stdout) as Trace;
  if (proof === undefined) throw new Error(stderr);
  return proof;
}

describeWithEnvoy('proof across two pods', () => {
  it.each(seedsToRun(SEEDS))(
    'seed %d',
    async (seed) => {
      const mesh = await Mesh.start(seed);
      const api = await clusterOf(mesh);
      try {
        const kubeconfig = directory.write(`kubeconfig-${seed}`, api.kubeconfig());
        const state = join(directory.path, `state-${seed}`);
        const env = { KUBECONFIG: kubeconfig, XDG_STATE_HOME: state };
        const before = await Promise.all(mesh.pods.map(levels));
        const target = `${mesh.plan.client.name}.bookinfo`;
        const asked = makePodCalls(mesh.plan, 60).flatMap((call) => {
          const words = argumentsOf(call);
          return words === null ? [] : [words];
        });
        for (const words of asked.slice(0, CALLS)) {
          const run = await runCli(['pc', 'trace', target, ...words, '--prove', '-o', 'json'], { env });
          const proof = proofOf(run);
          requests += 1;
          for (const step of proof.steps) seen[`${step.seen}`] += 1;
          const wrong = proof.steps.filter((step) => step.seen === false);
          expect({ words, wrong, stderr: wrong.length > 0 ? run.stderr : '' }).toEqual({
            words,
            wrong: [],
            stderr: '',
          });
        }
        expect(await Promise.all(mesh.pods.map(levels))).toEqual(before);
      } finally {
        await api.close();
        await mesh.stop();
      }
    },
    180_000,
  );

  it('checks of the calling pod are proved from its container', async () => {
    const mesh = await Mesh.start(1);
    const api = await clusterOf(mesh);
    try {
      const env = { KUBECONFIG: directory.write('kubeconfig-check', api.kubeconfig()), XDG_STATE_HOME: directory.path };
      const before = await Promise.all(mesh.pods.map(levels));
      const calls = makePodCalls(mesh.plan, 60).filter((call) => argumentsOf(call) !== null);
      const checks = calls.slice(0, CALLS).flatMap(({ address, port, http }) => {
        if (http === null) return [];
        const { host, path, method, headers } = http;
        const request = { url: `http://${address}:${port}${path}`, method, headers: [['Host', host], ...headers] };
        return [{ name: `${method} ${path}`, request }];
      });
      const file = directory.write(
        'checks.json',
        JSON.stringify({ proxy: `${mesh.plan.client.name}.bookinfo`, checks }),
      );
      const run = await runCli(['check', file, '--context', 'test', '--prove', '--yes', '-o', 'json'], { env });
      if (run.stdout === '') throw new Error(run.stderr);
      const report = JSON.parse(run.stdout) as { readonly checks: readonly { readonly trace: Trace | null }[] };
      expect(report.checks).toHaveLength(CALLS);
      for (const { trace } of report.checks) {
        expect(trace?.proof?.by).toMatch(/, from container \S+ of /);
        expect(trace?.proof?.steps.filter((step) => step.seen === false)).toEqual([]);
        expect(trace?.proof?.steps.filter((step) => step.seen === true)).not.toEqual([]);
      }
      expect(await Promise.all(mesh.pods.map(levels))).toEqual(before);
    } finally {
      await api.close();
      await mesh.stop();
    }
  }, 180_000);

  it('a capture that is older than the live configuration is caught', async () => {
    const mesh = await Mesh.start(1);
    const api = await clusterOf(mesh);
    try {
      const env = {
        KUBECONFIG: directory.write('kubeconfig-old', api.kubeconfig()),
        XDG_STATE_HOME: join(directory.path, 'old'),
      };
      const snapshot = await mesh.snapshot();
      const client = mesh.pods[0]!;
      const path = client.envoy!.file('rds-9080');
      const target = `${mesh.plan.client.name}.bookinfo`;
      const words = [
        'http://10.96.0.10:9080/reviews/0',
        '-H',
        'Host: reviews:9080',
        '--prove',
        '--snapshot',
        snapshot,
        '--context',
        'test',
      ];
      const first = await runCli(['pc', 'trace', target, ...words, '-o', 'json'], { env });
      expect(proofOf(first).steps.filter((step) => step.seen === false)).toEqual([]);
      await changeRoutes(client, path);
      const run = await runCli(['pc', 'trace', target, ...words], { env });
      expect(run.stdout).toMatch(/^✘ The prediction was wrong:/);
      expect(run.status).toBe(1);
    } finally {
      await api.close();
      await mesh.stop();
    }
  }, 180_000);

  afterAll(() => {
    directory.remove();
    process.stdout.write(`proof across two pods: ${requests} requests, steps ${JSON.stringify(seen)}\n`);
    if (process.env['SEEDS'] === undefined) expect(seen.true).toBeGreaterThan(FEWEST_SEEN);
  });
});

/** Every request is answered 418 from now on. */
async function changeRoutes({ envoy }: Pod, path: string): Promise<void> {
  const routes = [{ match: { prefix: '/' }, direct_response: { status: 418 } }];
  const resource = {
    '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
    name: '9080',
    virtual_hosts: [{ name: 'all', domains: ['*'], routes }],
  };
  // Envoy sees a file that is moved into place.
  writeFileSync(`${path}.new`, JSON.stringify({ version_info: '2', resources: [resource] }));
  renameSync(`${path}.new`, path);
  for (let tries = 0; tries < 100; tries++) {
    if ((await envoy!.admin('/config_dump')).includes('418')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Envoy did not take the new routes');
}
