/** A signal ends what computes: 100,000 routes in each of the commands that take long over them. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryDirectory } from '../helpers/temporary-directory';

const BIN = join(__dirname, '../../bin/run.js');
const ROUTES = 100_000;
const directory = temporaryDirectory();

let dump: string;
let checks: string;

beforeAll(() => {
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
  const urls = Array.from({ length: 300 }, (_, index) => `http://a/a${index}d`);
  checks = directory.write(
    'checks.json',
    JSON.stringify({
      checks: urls.map((url) => ({ name: url, request: { url, originalDst: '10.0.0.1:80' }, expect: { route: 'r1' } })),
    }),
  );
});

afterAll(() => {
  directory.remove();
});

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
])('%s: %#: the process dies of the signal', async (_what, argv, signal) => {
  const child = spawn(process.execPath, [BIN, ...argv()], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => {
    child.once('exit', (status, by) => {
      resolve({ status, by });
    });
  });
  child.stdout.resume();
  await sleep(400);
  child.kill(signal);
  expect(await ended).toEqual({ status: null, by: signal });
});
