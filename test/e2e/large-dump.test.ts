/** A dump larger than what is kept in memory: from a file it is read in pieces, from standard input it is kept whole. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const directory = temporaryDirectory();
const path = join(directory.path, 'large.json');
let compressed = '';

beforeAll(() => {
  const url = pathToFileURL(join(ROOT, 'bench/dumps.mjs')).href;
  const script = `import(${JSON.stringify(url)}).then(({ writeDump }) => writeDump(${JSON.stringify(path)}, 6))`;
  expect(spawnSync(process.execPath, ['-e', script]).status).toBe(0);
  compressed = directory.write('large.json.gz', gzipSync(readFileSync(path)));
});
afterAll(() => {
  directory.remove();
});

function mctl(args: readonly string[], input?: Buffer): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/run.js'), ...args], {
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
    maxBuffer: 1 << 28,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

test.each([
  ['listener', []],
  ['listener', ['--port', '9083']],
  ['listener', ['-o', 'wide']],
  ['listener', ['--port', '9083', '-o', 'json']],
  ['route', []],
  ['route', ['--name', '9080']],
  ['cluster', []],
  ['cluster', ['--fqdn', 'reviews.ns-3.svc.cluster.local']],
  ['cluster', ['--fqdn', 'reviews.ns-3.svc.cluster.local', '-o', 'json']],
  ['endpoint', []],
] as const)('pc %s %j says the same of a file, of a compressed one and of standard input', (view, flags) => {
  const fromFile = mctl(['pc', view, '-f', path, ...flags]);
  expect(fromFile.split('\n').length).toBeGreaterThan(2);
  expect(mctl(['pc', view, '-f', compressed, ...flags])).toBe(fromFile);
  expect(mctl(['pc', view, '-f', '-', ...flags], readFileSync(path))).toBe(fromFile);
});

test.each([
  ['listener', ['--port', '4']],
  ['listener', ['--name', 'none']],
  ['route', ['--name', 'none']],
  ['cluster', ['--fqdn', 'none.example.org']],
  ['endpoint', ['--cluster', 'none']],
  ['eds', ['--cluster', 'none']],
] as const)('pc %s %j of nothing says what there is, of standard input, too', (view, flags) => {
  const run = (file: string): { readonly stderr: string; readonly status: number | null } =>
    spawnSync(process.execPath, [join(ROOT, 'bin/run.js'), 'pc', view, '-f', file, ...flags, '--fail-on-empty'], {
      encoding: 'utf8',
      input: readFileSync(path),
    });
  const fromFile = run(path);
  expect(fromFile.status).toBe(1);
  expect(fromFile.stderr).toContain('Filtered away by');
  expect(run('-')).toMatchObject({ status: 1, stderr: fromFile.stderr });
});

describe('of a larger dump', () => {
  const larger = join(directory.path, 'larger.json');
  beforeAll(() => {
    const url = pathToFileURL(join(ROOT, 'bench/dumps.mjs')).href;
    const script = `import(${JSON.stringify(url)}).then(({ writeDump }) => writeDump(${JSON.stringify(larger)}, 60))`;
    expect(spawnSync(process.execPath, ['-e', script]).status).toBe(0);
  });

  test.each([
    ['cluster', 'wide'],
    ['cluster', 'json'],
    ['listener', 'jsonpath={range [*]}{.name}{"\\n"}{end}'],
    ['cluster', 'jsonpath={[*].name}'],
  ])('%s as %s holds no resource longer than it is printed', (view, format) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--max-old-space-size=40', join(ROOT, 'bin/run.js'), 'pc', view, '-f', larger, '-o', format],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    expect(status).toBe(0);
    expect(stdout.split('\n').length).toBeGreaterThan(2000);
  });
});
