/** A signal ends what computes: 100,000 routes in each of the commands that take long over them. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { type AdminServer, adminServer } from '../helpers/admin-server';
import { temporaryDirectory } from '../helpers/temporary-directory';

const BIN = join(__dirname, '../../bin/run.js');
const ROUTES = 100_000;
const directory = temporaryDirectory();

let dump: string;
let checks: string;
let log: string;
let hosts: string;
let ztunnel: string;
/** A running Envoy with the same configuration. */
let admin: AdminServer;

beforeAll(async () => {
  const routes = Array.from({ length: ROUTES }, (_, index) => ({
    name: `r${index}`,
    match: { safe_regex: { regex: `/a${index}(b|c)*d` }, headers: [{ name: `h${index}`, present_match: true }] },
    route: { cluster: 'c' },
  }));
  const type = 'type.googleapis.com/envoy';
  const manager = {
    '@type': `${type}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    rds: { route_config_name: '80' },
  };
  const listener = {
    '@type': `${type}.config.listener.v3.Listener`,
    name: 'virtualOutbound',
    address: { socket_address: { address: '0.0.0.0', port_value: 15001 } },
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] }],
  };
  const table = {
    '@type': `${type}.config.route.v3.RouteConfiguration`,
    name: '80',
    virtual_hosts: [{ name: 'v', domains: ['*'], routes }],
  };
  dump = directory.write(
    'dump.json',
    JSON.stringify({
      configs: [
        {
          '@type': `${type}.admin.v3.ListenersConfigDump`,
          dynamic_listeners: [{ name: listener.name, active_state: { listener } }],
        },
        { '@type': `${type}.admin.v3.RoutesConfigDump`, dynamic_route_configs: [{ route_config: table }] },
        { '@type': `${type}.admin.v3.ClustersConfigDump`, dynamic_active_clusters: [] },
      ],
    }),
  );
  const text = readFileSync(dump, 'utf8');
  admin = await adminServer((_method, path) =>
    path.startsWith('/config_dump') ? text : path.startsWith('/clusters') ? '{"cluster_statuses":[]}' : null,
  );
  const line =
    '[2026-08-01T10:00:00.000Z] "GET /none HTTP/1.1" 404 NR - - "-" 0 0 1 - "-" "c" "i" "a" "-" - - 10.0.0.1:80 10.0.0.9:1 - -';
  log = directory.write('access.log', `${line}\n`.repeat(2_000));
  hosts = directory.write(
    'hosts.har',
    JSON.stringify({
      log: {
        entries: Array.from({ length: 2_000 }, (_, index) => ({
          request: { method: 'GET', url: `http://10.0.0.1/a${index}`, headers: [] },
          response: { status: 200 },
        })),
      },
    }),
  );
  const workload = (index: number): object => ({
    ...{
      uid: `c//Pod/ns/p${index}`,
      name: `p${index}`,
      namespace: 'ns',
      node: 'n',
      workloadIps: [`10.1.${index >> 8}.${index & 255}`],
    },
    ...{
      protocol: 'HBONE',
      serviceAccount: 'default',
      status: 'Healthy',
      workloadName: `w${index}`,
      workloadType: 'pod',
    },
  });
  ztunnel = directory.write(
    'ztunnel.json',
    JSON.stringify({ workloads: Array.from({ length: 300_000 }, (_, index) => workload(index % 60_000)) }),
  );
  const urls = Array.from({ length: 300 }, (_, index) => `http://a/a${index}d`);
  checks = directory.write(
    'checks.json',
    JSON.stringify({
      checks: urls.map((url) => ({ name: url, request: { url, originalDst: '10.0.0.1:80' }, expect: { route: 'r1' } })),
    }),
  );
});

afterAll(async () => {
  await admin.close();
  directory.remove();
});

const live = (): readonly string[] => [
  ...['pc', 'trace', 'http://a/none', '--original-dst', '10.0.0.1:80', '--all-branches', '--explain'],
  ...['--admin', admin.url, '-o', 'html'],
];

const trace = (format: string): readonly string[] => [
  ...['pc', 'trace', 'http://a/none', '--original-dst', '10.0.0.1:80', '--all-branches', '--explain'],
  ...['-f', dump, '-o', format],
];

test.each<[what: string, argv: () => readonly string[], signal: NodeJS.Signals]>([
  ['lint', () => ['lint', '-f', dump], 'SIGINT'],
  ['lint', () => ['lint', '-f', dump], 'SIGTERM'],
  ['lint', () => ['lint', '-f', dump], 'SIGHUP'],
  ['check', () => ['check', checks, '-f', dump], 'SIGINT'],
  ['a trace', () => trace('tree'), 'SIGTERM'],
  ['a trace as a page', () => trace('html'), 'SIGINT'],
  ['a trace of a running Envoy', () => live(), 'SIGINT'],
  ['a trace of a running Envoy', () => live(), 'SIGTERM'],
  ['a trace of a running Envoy', () => live(), 'SIGHUP'],
  ['lint of a running Envoy', () => ['lint', '--admin', admin.url], 'SIGTERM'],
  ['check --generate', () => ['check', '--generate', '-f', dump], 'SIGINT'],
  ['reach', () => ['reach', '--one-hop', '-f', dump], 'SIGINT'],
  ['reach of a running Envoy', () => ['reach', '--one-hop', '--admin', admin.url], 'SIGTERM'],
  ['replay', () => ['replay', log, '-f', dump], 'SIGINT'],
  ['replay of an archive', () => ['replay', hosts, '-f', dump], 'SIGHUP'],
  ['explain', () => ['explain', readFileSync(log, 'utf8').slice(0, 140), '-f', dump], 'SIGTERM'],
  ['a view of a ztunnel', () => ['zc', 'workload', '-f', ztunnel, '-o', 'yaml'], 'SIGINT'],
  ['diff', () => ['diff', dump, dump, '--requests', checks], 'SIGTERM'],
])('%s: %#: the process dies of the signal', async (_what, argv, signal) => {
  const child = spawn(process.execPath, [BIN, ...argv()], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise((resolve) => {
    child.once('exit', (status, by) => {
      resolve({ status, by, stderr: '' });
    });
  });
  child.stdout.resume();
  await sleep(400);
  child.kill(signal);
  expect(await ended).toEqual({ status: null, by: signal, stderr });
});
