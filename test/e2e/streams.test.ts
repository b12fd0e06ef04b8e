/** Nothing that a command prints is lost, whoever reads it: every command and format of the manifest, as its user runs it. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Stream } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminServer, adminServer, loggingOf } from '../helpers/admin-server';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const BIN = join(ROOT, 'bin/run.js');
const POD = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const OTHER = 'reviews-v2-7bf8c9648f-rzfp6.bookinfo';
const directory = temporaryDirectory();

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, { helpValue?: string }>> }>>;
}

const { commands } = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as Manifest;

const CHECKS = `proxy: ${POD}
checks:
${Array.from({ length: 60 }, (_, index) => `  - {name: c${index}, request: {url: "http://reviews:9080/${index}"}, expect: {verdict: delivered}}`).join('\n')}
`;

const LOG = `[2026-01-01T00:00:00.000Z] "GET /reviews/0 HTTP/1.1" 200 - via_upstream - "-" 0 295 12 11 "-" "curl" "id" "reviews:9080" "10.244.0.37:9080" outbound|9080||reviews.bookinfo.svc.cluster.local 10.244.0.5:1 10.96.0.10:9080 10.244.0.5:2 - default`;

let admin: AdminServer;
const stats = Array.from({ length: 5000 }, (_, index) => `cluster.a${index}.upstream_rq: ${index}\n`).join('');

/** What each command is given, so that it has much to say; a command that is not here fails the test that asks for it. */
const ARGUMENTS: Readonly<Record<string, () => readonly string[]>> = {
  check: () => [directory.write('checks.yaml', CHECKS), '--sample'],
  explain: () => ['UH'],
  replay: () => [directory.write('access.log', `${LOG}\n`.repeat(50)), '--proxy', POD, '--sample'],
  lint: () => [POD, '--sample'],
  reach: () => [POD, '--sample', '--one-hop'],
  diff: () => [POD, OTHER, '--sample'],
  'proxy-status': () => ['--sample'],
  'proxy-config:all': () => [POD, '--sample'],
  'proxy-config:bootstrap': () => [POD, '--sample'],
  'proxy-config:cluster': () => [POD, '--sample'],
  'proxy-config:ecds': () => [POD, '--sample'],
  'proxy-config:eds': () => [POD, '--sample'],
  'proxy-config:endpoint': () => [POD, '--sample'],
  'proxy-config:listener': () => [POD, '--sample'],
  'proxy-config:log': () => ['--admin', admin.url],
  'proxy-config:rootca-compare': () => [POD, OTHER, '--sample'],
  'proxy-config:route': () => [POD, '--sample'],
  'proxy-config:secret': () => [POD, '--sample'],
  'proxy-config:stats': () => ['--admin', admin.url],
  'proxy-config:trace': () => [POD, 'http://reviews:9080/reviews/0', '--sample', '--all-branches'],
  'ztunnel-config:all': () => ['--sample=ambient'],
  'ztunnel-config:certificate': () => ['--sample=ambient'],
  'ztunnel-config:connections': () => ['--sample=ambient'],
  'ztunnel-config:policy': () => ['--sample=ambient'],
  'ztunnel-config:service': () => ['--sample=ambient'],
  'ztunnel-config:workload': () => ['--sample=ambient'],
};

/**
 * Commands that write files or a few lines of notes, and nothing to standard output, one that only a ztunnel answers, and those
 * of completion, which have no format and say little.
 */
const SILENT: ReadonlySet<string> = new Set(['capture', 'ztunnel-config:log', 'completion', '__complete']);

const rows = Object.entries(commands)
  .filter(([id]) => !SILENT.has(id))
  .flatMap(([id, { flags }]) =>
    (flags['output']?.helpValue ?? '').split('|').map((format) => [id, format.replace(/=$/, '={@}')] as const),
  );

interface Run {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Reader = (stream: NodeJS.ReadableStream & { destroy(): void }) => Promise<string>;

const fast: Reader = async (stream) => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString('utf8');
};

/** Lets the pipe fill first, and then takes pieces with pauses between them. */
const slow: Reader = async (stream) => {
  // Without a listener Node throws away what is in the pipe once the process has ended.
  stream.on('readable', () => undefined);
  await sleep(150);
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    parts.push(part as Uint8Array);
    await sleep(2);
  }
  return Buffer.concat(parts).toString('utf8');
};

/** Nobody is there when the first byte comes. */
const vanishing: Reader = (stream) => {
  stream.destroy();
  return Promise.resolve('');
};

const environment = { ...process.env, KUBECONFIG: join(directory.path, 'none'), GITHUB_ACTIONS: '' };

async function run(argv: readonly string[], reader: Reader): Promise<Run> {
  const child = spawn(process.execPath, [BIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const ended = new Promise<readonly [number | null, string | null]>((resolve) => {
    child.once('exit', (...end) => {
      resolve(end);
    });
  });
  const [stdout, stderr, [status, signal]] = await Promise.all([reader(child.stdout), fast(child.stderr), ended]);
  return { status, signal, stdout, stderr };
}

/** The same into a file: what the answer is. */
async function toFile(argv: readonly string[]): Promise<Run> {
  const path = join(directory.path, 'answer');
  const file = openSync(path, 'w');
  const child = spawn(process.execPath, [BIN, ...argv], { stdio: ['ignore', file, 'pipe'], env: environment });
  const [stderr, status] = await Promise.all([
    fast(child.stderr!),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  closeSync(file);
  return { status, signal: null, stdout: readFileSync(path, 'utf8'), stderr };
}

const words = (id: string): readonly string[] => id.split(':');

beforeAll(async () => {
  const logging = loggingOf(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`logger${index}`, 'info'])));
  admin = await adminServer((method, path) => {
    if (!path.startsWith('/stats')) return logging(method, path);
    return path.includes('format=json') ? JSON.stringify({ stats: [{ name: 'a', value: stats }] }) : stats;
  });
});

afterAll(async () => {
  await admin.close();
  directory.remove();
});

test('every command of the manifest is tried', () => {
  expect(Object.keys(ARGUMENTS).sort()).toEqual(
    Object.keys(commands)
      .filter((id) => !SILENT.has(id))
      .sort(),
  );
  expect(rows.length).toBeGreaterThan(80);
});

/** JUnit's times differ from run to run. */
function timeless<T extends { readonly stdout: string }>(one: T): T {
  return { ...one, stdout: one.stdout.replace(/ time="\d+\.\d{3}"/g, '') };
}

test.each(rows)('%s -o %s gives the same to a file, a fast, a slow and a vanishing reader', async (id, format) => {
  const argv = [...words(id), ...(ARGUMENTS[id] ?? (() => []))(), '-o', format];
  const [whole, quick, patient, gone] = await Promise.all([
    toFile(argv),
    run(argv, fast),
    run(argv, slow),
    run(argv, vanishing),
  ]);
  expect([0, 1]).toContain(whole.status);
  expect(timeless(quick)).toEqual(timeless(whole));
  expect(timeless(patient)).toEqual(timeless(whole));
  if (whole.stdout === '') return;
  // As cat ends: killed by the signal, with nothing to say about it.
  expect(gone).toMatchObject({ status: null, signal: 'SIGPIPE' });
  expect(gone.stderr).not.toContain('Error');
});

describe.each([
  ['--version', ['--version']],
  ['version', ['version']],
  ['help', ['--help']],
  ['the help of a command', ['pc', 'trace', '--help']],
  ['a view', ['pc', 'listener', POD, '--sample']],
  ['a long view', ['pc', 'listener', POD, '--sample', '-o', 'json']],
  ['a report', ['pc', 'trace', POD, 'http://reviews:9080/', '--sample', '-o', 'html']],
])('%s', (_what, argv) => {
  const shell = (redirection: string): Run => {
    const { status, signal, stdout, stderr } = spawnSync(
      'sh',
      ['-c', `"$0" "$@" ${redirection}`, process.execPath, BIN, ...argv],
      { encoding: 'utf8' },
    );
    return { status, signal, stdout, stderr };
  };

  it('fails on a full disk and says so', () => {
    const { status, stderr } = shell('>/dev/full');
    expect(status).toBe(69);
    expect(stderr).toMatch(/^Error: write standard output: .*no space left/);
    expect(stderr.match(/Error:/g)).toHaveLength(1);
  });

  it('fails on a disk that becomes full in the middle, where a write is cut short', () => {
    // The file may have 1024 bytes and has 1020: a write is cut short, and only the next one is refused.
    const path = directory.write('limited', 'x'.repeat(1020));
    const limited = spawnSync('bash', ['-c', `ulimit -f 1; "$0" "$@" >>'${path}'`, process.execPath, BIN, ...argv], {
      encoding: 'utf8',
    });
    expect(limited.status).toBe(69);
    expect(limited.stderr).toMatch(/^Error: write standard output: EFBIG/);
    expect(readFileSync(path)).toHaveLength(1024);
  });

  it('fails where standard output is closed, and not where a program throws it away', () => {
    const { status, stderr } = shell('>&-; exit $?');
    expect(status).toBe(69);
    expect(stderr).toMatch(/^Error: write standard output: it is closed/);
    expect(shell('>/dev/null; exit $?').status).toBe(0);
    expect(spawnSync(process.execPath, [BIN, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] }).status).toBe(0);
    // A shell that has such an output hands it on.
    const inherited = ['-c', '"$0" "$@"; exit $?', process.execPath, BIN, ...argv];
    expect(spawnSync('sh', inherited, { stdio: ['ignore', 'ignore', 'pipe'] }).status).toBe(0);
  });

  it('is quiet where nobody reads', async () => {
    expect(await run(argv, vanishing)).toEqual({ status: null, signal: 'SIGPIPE', stdout: '', stderr: '' });
  });
});

describe('a socket', () => {
  const argv = ['pc', 'all', POD, '--sample', '-o', 'json'];

  /** Runs it with a socket as standard output. */
  async function into(stdout: Stream | number, ...words: readonly string[]): Promise<Omit<Run, 'stdout'>> {
    const child = spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', stdout, 'pipe'], env: environment });
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
    const [stderr, [status, signal]] = await Promise.all([fast(child.stderr!), ended]);
    return { status, signal, stderr };
  }

  it('that its reader resets ends the run as a pipe does', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    const ended = await into(socket, ...argv);
    socket.destroy();
    server.close();
    expect(ended).toEqual({ status: null, signal: 'SIGPIPE', stderr: '' });
  });

  it('of packets takes what fits into one, and is an error where it does not', async () => {
    const reader = createSocket('udp4');
    reader.bind(0, '127.0.0.1');
    await once(reader, 'listening');
    const writer = createSocket('udp4');
    writer.connect(reader.address().port, '127.0.0.1');
    await once(writer, 'connect');
    const { fd } = (writer as unknown as { _handle: { fd: number } })._handle;
    let packet = '';
    reader.on('message', (message) => (packet += message.toString('utf8')));
    const small = await into(fd, 'explain', 'UH');
    const large = await into(fd, ...argv);
    writer.close();
    reader.close();
    expect(small).toEqual({ status: 0, signal: null, stderr: '' });
    expect(packet).toBe((await run(['explain', 'UH'], fast)).stdout);
    expect(large).toMatchObject({
      status: 69,
      stderr: expect.stringMatching(/^Error: write standard output: EMSGSIZE/) as unknown,
    });
  });
});

test('an error that cannot be told keeps its status', () => {
  const lost = spawnSync('sh', ['-c', '"$0" "$@" 2>/dev/full', process.execPath, BIN, 'pc', 'listener', '--sample']);
  expect(lost.status).toBe(64);
});

test('a remark that is lost is no success', () => {
  const argv = ['pc', 'cluster', POD, '--sample', '--fqdn', 'none.such'];
  const lost = spawnSync('sh', ['-c', '"$0" "$@" 2>/dev/full', process.execPath, BIN, ...argv], { encoding: 'utf8' });
  expect(lost.status).toBe(69);
});
