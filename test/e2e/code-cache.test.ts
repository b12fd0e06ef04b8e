/** The code cache of the bundle is not trusted: what is not whole, or not of this bundle, is compiled as usual. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const directory = temporaryDirectory();
const copy = join(directory.path, 'mctl');
const BUNDLE = join(copy, 'dist/main.js');
const ARGV = [
  'pc',
  'listener',
  'productpage-v1-6b746f74dc-9stvs.bookinfo',
  '--sample',
  '--port',
  '15001',
  '-o',
  'name',
];
const ANSWER = { status: 0, signal: null, stdout: 'listener/virtualOutbound\n', stderr: '' };

let cache: string;
let whole: Buffer;
let source: Buffer;

function run(): { status: number | null; signal: string | null; stdout: string; stderr: string } {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [join(copy, 'bin/run.js'), ...ARGV], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, signal, stdout, stderr };
}

/** Whether the bundle is run from its cache. */
function isUsed(): boolean {
  const script = `const { loadBundle } = require(${JSON.stringify(join(copy, 'bin/bundle.js'))});
    process.stdout.write(String(loadBundle(${JSON.stringify(BUNDLE)}).script.cachedDataRejected));`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout === 'false';
}

beforeAll(() => {
  mkdirSync(copy);
  for (const name of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  for (const name of ['sample', 'node_modules']) symlinkSync(join(ROOT, name), join(copy, name));
  // The build made it with its own Node, which need not be the one that runs the tests.
  const caches = (): readonly string[] => readdirSync(join(copy, 'dist')).filter((name) => name.endsWith('.cache'));
  for (const name of caches()) rmSync(join(copy, 'dist', name));
  run();
  cache = join(copy, 'dist', caches().find((name) => name.startsWith('main.js.')) ?? 'none');
  whole = readFileSync(cache);
  source = readFileSync(BUNDLE);
});

afterEach(() => {
  writeFileSync(cache, whole);
  writeFileSync(BUNDLE, source);
});

afterAll(() => {
  directory.remove();
});

test('a whole one is used', () => {
  expect(isUsed()).toBe(true);
  expect(run()).toEqual(ANSWER);
});

test('one with flipped bits is not used, wherever they are', () => {
  fc.assert(
    fc.property(fc.nat(whole.length * 8 - 1), (bit) => {
      const broken = Buffer.from(whole);
      broken[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(cache, broken);
      expect(isUsed()).toBe(false);
      expect(run()).toEqual(ANSWER);
    }),
    { numRuns: 12 },
  );
});

test.each([0, 1, 11, 12, 13, 1000])('one of which %d bytes are left is not used', (length) => {
  writeFileSync(cache, whole.subarray(0, length));
  expect(isUsed()).toBe(false);
  expect(run()).toEqual(ANSWER);
});

test('one of another bundle of the same length is not used: no old code runs', () => {
  const changed = source.toString('latin1').replaceAll('"listener"', '"LISTENER"');
  writeFileSync(BUNDLE, changed, 'latin1');
  expect(source.toString('latin1')).not.toBe(changed);
  expect(readFileSync(BUNDLE)).toHaveLength(source.length);
  expect(isUsed()).toBe(false);
});

describe('one in the place of which there is', () => {
  afterEach(() => {
    rmSync(cache, { recursive: true, force: true });
  });

  test.each([
    [
      'a link to a device without an end',
      () => {
        symlinkSync('/dev/zero', cache);
      },
    ],
    ['a pipe', () => execFileSync('mkfifo', [cache])],
    [
      'a link that leads nowhere',
      () => {
        symlinkSync('/nonexistent', cache);
      },
    ],
    [
      'a link to itself',
      () => {
        symlinkSync(cache, cache);
      },
    ],
    [
      'a directory',
      () => {
        mkdirSync(cache);
      },
    ],
    [
      'another file',
      () => {
        writeFileSync(cache, source);
      },
    ],
    [
      'a file of many bytes',
      () => {
        truncateSync(openedNew(cache), 8 * 1024 ** 3);
      },
    ],
  ])('%s is not used', (_what, make) => {
    rmSync(cache);
    make();
    expect(run()).toEqual(ANSWER);
    expect(run()).toEqual(ANSWER);
  });
});

function openedNew(path: string): string {
  writeFileSync(path, '');
  return path;
}

describe.each(['main.js', 'rest.js'])('a %s', (name) => {
  const path = join(copy, 'dist', name);
  let before: Buffer;

  beforeEach(() => {
    before = readFileSync(path);
    rmSync(path);
  });

  afterEach(() => {
    rmSync(path, { recursive: true });
    writeFileSync(path, before);
  });

  test.each<[string, () => void]>([
    [
      'is empty',
      () => {
        writeFileSync(path, '');
      },
    ],
    [
      'was cut off',
      () => {
        writeFileSync(path, before.subarray(0, before.length / 2));
      },
    ],
    [
      'is a directory',
      () => {
        mkdirSync(path);
      },
    ],
    [
      'is another text',
      () => {
        writeFileSync(path, 'root:x:0:0:root:/root:/bin/bash\n');
      },
    ],
    [
      'leads to nothing that can be read',
      () => {
        symlinkSync('/dev/null', path);
      },
    ],
    [
      'throws',
      () => {
        writeFileSync(path, 'none.such();');
      },
    ],
  ])('that %s is told as a damaged installation', (_what, make) => {
    make();
    const help = spawnSync(process.execPath, [join(copy, 'bin/run.js'), '--help'], { encoding: 'utf8' });
    expect(help).toMatchObject({ status: 69, stdout: '' });
    expect(help.stderr).toMatch(
      /^Error: \S+\/dist\/\w+\.js cannot be loaded: .+\nmctl is damaged: install it again\.\n$/,
    );
  });
});

describe('without one', () => {
  beforeEach(() => {
    rmSync(cache);
  });

  test('the first run makes it, and the next one uses it', () => {
    expect(run()).toEqual(ANSWER);
    expect(isUsed()).toBe(true);
    expect(run()).toEqual(ANSWER);
    expect(readdirSync(join(copy, 'dist')).filter((name) => name.startsWith('main.js.'))).toEqual([basename(cache)]);
  });

  test('a run that fails makes it, too, and ends as it would', () => {
    const { status } = spawnSync(process.execPath, [join(copy, 'bin/run.js'), 'pc', 'listener', '--nonsense']);
    expect(status).toBe(64);
    expect(isUsed()).toBe(true);
  });

  test('where it cannot be kept, a run is as any other, and leaves nothing behind', () => {
    // A directory in its place cannot be replaced by a file, whoever runs the test.
    mkdirSync(join(cache, 'in-the-way'), { recursive: true });
    expect(run()).toEqual(ANSWER);
    expect(readdirSync(join(copy, 'dist')).filter((name) => name.startsWith('main.js.'))).toEqual([basename(cache)]);
    rmSync(cache, { recursive: true });
  });

  test('it is sealed with the bundle that ran, and not with one that took its place meanwhile', () => {
    const script = `const { keepCodeCaches, loadBundle } = require(${JSON.stringify(join(copy, 'bin/bundle.js'))});
      loadBundle(${JSON.stringify(BUNDLE)});
      require('node:fs').appendFileSync(${JSON.stringify(BUNDLE)}, ' ');
      keepCodeCaches();`;
    expect(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stderr).toBe('');
    expect(existsSync(cache)).toBe(true);
    expect(isUsed()).toBe(false);
  });
});
