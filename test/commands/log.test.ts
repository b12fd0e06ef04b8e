/** Log levels through an admin interface that remembers what it was asked. */
import Log from '../../src/commands/proxy-config/log';
import { type AdminServer, adminServer, loggingOf } from '../helpers/admin-server';
import { runCommand } from '../helpers/run-command';

let server: AdminServer;
let levels: Record<string, string>;
beforeEach(async () => {
  levels = { admin: 'warning', http: 'info', rbac: 'warning' };
  const logging = loggingOf(levels);
  server = await adminServer((method, path) =>
    path === '/server_info'
      ? JSON.stringify({ command_line_options: { log_level: 'warning', component_log_level: 'http:error' } })
      : logging(method, path),
  );
});
afterEach(async () => {
  await server.close();
});

const log = async (...args: readonly string[]): ReturnType<typeof runCommand> =>
  await runCommand(Log, ['--admin', server.url, ...args]);

test('reads levels and sets none', async () => {
  const run = await log();
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toBe(
    `${server.url.slice(7)}:\nactive loggers:\n  admin: warning\n  http: info\n  rbac: warning\n`,
  );
  expect(server.asked).toEqual(['POST /logging']);
});

test('sets all, then single loggers, and says what changed', async () => {
  const run = await log('--level', 'http:trace,debug');
  expect(server.asked).toEqual(['POST /logging', 'POST /logging?level=debug', 'POST /logging?http=trace']);
  expect(run.stdout).toContain('  http: trace\n');
  expect(run.stderr).toContain('admin was warning, is debug\n');
  expect(run.stderr).toContain('http was info, is trace\n');
});

test('as JSON', async () => {
  const { stdout } = await log('--level', 'http:debug', '-o', 'json');
  expect(JSON.parse(stdout)).toEqual([
    {
      proxy: server.url.slice(7),
      before: { admin: 'warning', http: 'info', rbac: 'warning' },
      now: { admin: 'warning', http: 'debug', rbac: 'warning' },
      changed: [{ logger: 'http', before: 'info', now: 'debug' }],
    },
  ]);
});

test('for a while', async () => {
  const run = await log('--level', 'debug', '--for', '50ms');
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain('the old levels are back');
  expect(levels).toEqual({ admin: 'warning', http: 'info', rbac: 'warning' });
});

test('to what Envoy was started with', async () => {
  await log('--reset');
  expect(levels).toEqual({ admin: 'warning', http: 'error', rbac: 'warning' });
});

test.each<[what: string, args: readonly string[], says: RegExp, asked: number]>([
  ['a word that is no level', ['--level', 'none'], /unrecognized logging level: none/, 0],
  [
    'a logger that is not there',
    ['--level', 'rbac:debug,htp:debug'],
    /unrecognized logger name: htp\nDid you mean http/,
    1,
  ],
  ['both', ['--level', 'debug', '--reset'], /cannot be combined/, 0],
  ['a time and nothing to do', ['--for', '3s'], /--for needs/, 0],
  ['no time', ['--level', 'debug', '--for', 'soon'], /invalid duration/, 0],
])('%s is refused before anything is set', async (_what, args, says, asked) => {
  const run = await log(...args);
  expect(run.exitCode).toBe(64);
  expect(run.stderr).toMatch(says);
  expect(server.asked).toHaveLength(asked);
});

test('a saved configuration has no levels', async () => {
  const run = await runCommand(Log, ['deploy/reviews-v2.bookinfo', '--sample']);
  expect(run.exitCode).toBe(64);
  expect(run.stderr).toMatch(/asks a running Envoy/);
});

test('an Envoy that is not there', async () => {
  await server.close();
  expect((await log('--level', 'debug')).exitCode).toBe(69);
});
