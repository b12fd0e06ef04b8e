/** `pc log` against a real Envoy: levels are read back from it. Needs no privileges. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { sleep, works } from './rig/process';

const ROOT = join(__dirname, '../..');
const ENVOY = process.env['ENVOY'] ?? 'envoy';
const directory = temporaryDirectory();
let envoy: ChildProcess | undefined;
let admin = '';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function levels(): Promise<Record<string, string>> {
  const text = await (await fetch(`${admin}/logging`, { method: 'POST' })).text();
  return Object.fromEntries([...text.matchAll(/^ {2}(\S+): (\S+)$/gm)].map(([, name, level]) => [name, level]));
}

function mctl(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'bin/run.js'), 'pc', 'log', '--admin', admin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function until(met: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await met().catch(() => false)) return;
    await sleep(50);
  }
  throw new Error('it did not come to that within 10 seconds');
}

const tests = (): void => {
  beforeAll(async () => {
    if (!existsSync(join(ROOT, 'dist/main.js'))) execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' });
    const port = await freePort();
    admin = `http://127.0.0.1:${port}`;
    const address = { socket_address: { address: '127.0.0.1', port_value: port } };
    const bootstrap = directory.write('envoy.json', JSON.stringify({ admin: { address }, static_resources: {} }));
    const own = ['--use-dynamic-base-id', '-l', 'warning', '--component-log-level', 'misc:error,http:info'];
    envoy = spawn(ENVOY, ['-c', bootstrap, ...own], { stdio: 'ignore' });
    await until(async () => (await fetch(`${admin}/ready`)).ok);
  }, 60_000);

  afterAll(async () => {
    if (envoy?.exitCode === null) {
      const ended = once(envoy, 'exit');
      envoy.kill('SIGKILL');
      await ended;
    }
    directory.remove();
  });

  test('one logger, all loggers, and back to what it was started with', async () => {
    const before = await levels();
    expect(before).toMatchObject({ admin: 'warning', http: 'info', misc: 'error' });
    await once(mctl('--level', 'http:debug,rbac:trace'), 'exit');
    expect(await levels()).toEqual({ ...before, http: 'debug', rbac: 'trace' });
    await once(mctl('--level', 'off'), 'exit');
    expect(new Set(Object.values(await levels()))).toEqual(new Set(['off']));
    await once(mctl('--reset'), 'exit');
    expect(await levels()).toEqual(before);
  });

  test('a logger that Envoy does not know changes nothing', async () => {
    const before = await levels();
    expect(await once(mctl('--level', 'http:debug,no_such_logger:debug'), 'exit')).toEqual([64, null]);
    expect(await levels()).toEqual(before);
  });

  test('for a while', async () => {
    const before = await levels();
    const run = mctl('--level', 'debug,http:trace', '--for', '1s');
    await until(async () => (await levels())['http'] === 'trace');
    await once(run, 'exit');
    expect(await levels()).toEqual(before);
  });

  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('%s puts the old levels back', async (signal) => {
    const before = await levels();
    const run = mctl('--level', 'debug', '--for', '10m');
    await until(async () => (await levels())['http'] === 'debug');
    run.kill(signal);
    expect(await once(run, 'exit')).toEqual([130, null]);
    expect(await levels()).toEqual(before);
  });
};

if (works([ENVOY, '--version'])) describe('levels of a real Envoy', tests);
else if (process.env['MCTL_REQUIRE_ENVOY'] === '1') {
  test('levels of a real Envoy', () => {
    throw new Error('there is no Envoy (on PATH, or its path in ENVOY)');
  });
} else {
  test.skip('levels of a real Envoy: skipped, for there is none (on PATH, or its path in ENVOY)', () => undefined);
}
