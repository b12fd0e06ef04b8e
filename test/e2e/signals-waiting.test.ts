/**
 * A signal ends every command of the manifest while it waits for the rest of its input, which never comes: on standard input, and
 * from a server that takes a request and says nothing. What computes is in signals.test.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** The exit status of what has something to put back, and so ends by itself. */
const INTERRUPTED = 130;
/** More than a pipe holds: who has taken it reads. */
const BEGINNING = `{"configs": [${'{"@type": "type.googleapis.com/x.Y"},'.repeat(20_000)}`;

const directory = temporaryDirectory();
const checks = directory.write(
  'checks.yaml',
  'checks: [{request: {url: "http://a/"}, expect: {verdict: delivered}}]\n',
);
const log = directory.write('access.log', 'x\n');
const dump = directory.write('dump.json', '{"configs": []}');
const target = join(directory.path, 'mesh');

let server: Server;
let asked: () => void = () => undefined;
let url: string;

beforeAll(async () => {
  server = createServer(() => {
    asked();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  directory.remove();
});

const file = (...argv: readonly string[]): readonly string[] => [...argv, '-f', '-'];
const admin = (...argv: readonly string[]): readonly string[] => [...argv, '--admin', 'URL'];
const both = (...argv: readonly string[]): readonly (readonly string[])[] => [file(...argv), admin(...argv)];

/** Every command, as it waits; none for those that ask nobody. */
const CALLS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  capture: both('capture', target),
  check: [...both('check', checks), ['check', '-', '-f', dump], file('check', '--generate')],
  completion: [],
  __complete: [],
  diff: [
    ['diff', '-', dump],
    ['diff', 'URL', dump],
  ],
  explain: [['explain', '-']],
  lint: both('lint'),
  'proxy-config:all': both('pc', 'all'),
  'proxy-config:bootstrap': both('pc', 'bootstrap'),
  'proxy-config:cluster': both('pc', 'cluster'),
  'proxy-config:ecds': both('pc', 'ecds'),
  'proxy-config:eds': both('pc', 'eds'),
  'proxy-config:endpoint': both('pc', 'endpoint'),
  'proxy-config:listener': both('pc', 'listener'),
  'proxy-config:log': [admin('pc', 'log'), admin('pc', 'log', '--level', 'debug')],
  'proxy-config:rootca-compare': [['pc', 'rootca-compare', '-', dump]],
  'proxy-config:route': both('pc', 'route'),
  'proxy-config:secret': both('pc', 'secret'),
  'proxy-config:stats': [admin('pc', 'stats')],
  'proxy-config:trace': [...both('pc', 'trace', 'http://a/'), admin('pc', 'trace', 'http://a/', '--prove', '--yes')],
  'proxy-status': both('proxy-status'),
  reach: both('reach'),
  replay: [...both('replay', log), ['replay', '-', '-f', dump]],
  'ztunnel-config:all': both('zc', 'all'),
  'ztunnel-config:certificate': both('zc', 'certificate'),
  'ztunnel-config:connections': both('zc', 'connections'),
  'ztunnel-config:log': [admin('zc', 'log')],
  'ztunnel-config:policy': both('zc', 'policy'),
  'ztunnel-config:service': both('zc', 'service'),
  'ztunnel-config:workload': both('zc', 'workload'),
};

test('every command of the manifest has its calls', () => {
  const { commands } = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as { commands: object };
  expect(Object.keys(CALLS).sort()).toEqual(Object.keys(commands).sort());
});

const rows = Object.values(CALLS)
  .flat()
  .map((argv, index) => [argv.join(' '), argv, SIGNALS[index % SIGNALS.length] ?? 'SIGINT'] as const);

test.each(rows)('%s', async (_title, argv, signal) => {
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const words = argv.map((word) => (word === 'URL' ? url : word));
  const child = spawn(process.execPath, [join(ROOT, 'bin/run.js'), ...words], { stdio: 'pipe' });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  // What was not read when it ended is nobody's.
  child.stdin.on('error', () => undefined);
  const isRead = new Promise<void>((resolve) => {
    if (!argv.includes('-')) return;
    child.stdin.write(BEGINNING, () => {
      resolve();
    });
  });
  await Promise.race([isAsked, isRead, ended]);
  expect([child.exitCode, said]).toEqual([null, '']);
  child.kill(signal);
  const [status, by] = await ended;
  expect(by ?? status).toBe(by === null ? INTERRUPTED : signal);
  expect(existsSync(target) ? readdirSync(target) : []).toEqual([]);
});
