/** What a start loads: nothing that its command does not need. Watched by what runs, not by how long it takes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const RUN = join(ROOT, 'bin/run.js');
/** What every start loads, and what only some commands do. */
const BUNDLES = { main: join(ROOT, 'dist/main.js'), rest: join(ROOT, 'dist/rest.js') };
/** An address where nothing listens. */
const CLOSED_CLUSTER = JSON.stringify({
  'current-context': 'x',
  clusters: [{ name: 'x', cluster: { server: 'http://127.0.0.1:1' } }],
  users: [{ name: 'x', user: { token: 'x' } }],
  contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
});
const TARGET = 'productpage-v1-6b746f74dc-9stvs.bookinfo';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly count: number }[];
    }[];
  }[];
}

interface Loaded {
  /** Names of its bundles. */
  readonly bundles: readonly string[];
  /** The modules of its bundles that are evaluated; esbuild names their functions by their paths. */
  readonly modules: readonly string[];
}

/** What a command line loads. */
function loadedBy(argv: readonly string[], status = 0): Loaded {
  const directory = temporaryDirectory();
  try {
    const run = spawnSync(process.execPath, [RUN, ...argv], {
      env: { ...process.env, NODE_V8_COVERAGE: directory.path },
      encoding: 'utf8',
    });
    expect([run.status, status === 0 ? run.stderr : '']).toEqual([status, '']);
    const [file = ''] = readdirSync(directory.path);
    const { result } = JSON.parse(readFileSync(join(directory.path, file), 'utf8')) as Coverage;
    const found = Object.entries(BUNDLES).flatMap(([name, path]) => {
      const bundle = result.find(({ url }) => url === path || url === pathToFileURL(path).href);
      return bundle === undefined ? [] : [{ name, functions: bundle.functions }];
    });
    const modules = found
      .flatMap(({ functions }) => functions)
      .filter(({ functionName, ranges }) => functionName.includes('/') && (ranges[0]?.count ?? 0) > 0)
      .map(({ functionName }) => functionName);
    return { bundles: found.map(({ name }) => name), modules };
  } finally {
    directory.remove();
  }
}

function modulesOf(argv: readonly string[]): readonly string[] {
  return loadedBy(argv).modules;
}

/** What costs many milliseconds to load, and what needs it. */
const HEAVY = ['yaml', 'jsonpath-plus', 'ora', 're2js', 'ajv', 'cli-table3', '@kubernetes/client-node', 'semver'];

function packagesOf(modules: readonly string[]): ReadonlySet<string> {
  return new Set(modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
}

test('--version loads nothing of the bundle, and says what `version` says', () => {
  expect(modulesOf(['--version'])).toEqual([]);
  const [flag, word] = ['--version', 'version'].map((one) =>
    execFileSync(process.execPath, [RUN, one], { encoding: 'utf8' }),
  );
  expect(flag).toMatch(/^mctl\/\d+\.\d+\.\d+ \S+ node-v\d+/);
  expect(word).toBe(flag);
});

test('`version` loads neither oclif nor any command', () => {
  const modules = modulesOf(['version']);
  expect(modules).not.toHaveLength(0);
  expect([...packagesOf(modules)]).toEqual([]);
  expect(modules.filter((path) => path.startsWith('src/commands/'))).toEqual([]);
});

/** Node's own modules that a command line loads beyond a bare start's; stdout is a file, as one that is a pipe loads `net`. */
function builtinsOf(argv: readonly string[]): readonly string[] {
  const directory = temporaryDirectory();
  try {
    const list = join(directory.path, 'list');
    const watch = directory.write(
      'watch.cjs',
      `const bare = new Set(process.moduleLoadList);
      const own = () => process.moduleLoadList.filter((name) => !bare.has(name)).join('\\n');
      process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, own()));`,
    );
    const out = openSync(join(directory.path, 'out'), 'w');
    execFileSync(process.execPath, ['-r', watch, RUN, ...argv], { stdio: ['ignore', out, 'inherit'] });
    closeSync(out);
    return readFileSync(list, 'utf8')
      .split('\n')
      .map((line) => line.replace('NativeModule ', ''));
  } finally {
    directory.remove();
  }
}

/** Those of Node's modules that cost a start milliseconds. One more is loaded: zlib, for the checksum of the code cache. */
const COSTLY = ['child_process', 'crypto', 'http', 'https', 'net', 'os', 'fs/promises', 'readline', 'tls', 'tty'];

test('a view of a file loads none of the costly modules of Node', () => {
  const directory = temporaryDirectory();
  try {
    const sample = join(ROOT, 'sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz');
    const file = directory.write('dump.json', gunzipSync(readFileSync(sample)));
    const loaded = builtinsOf(['pc', 'listener', '-f', file]);
    expect(loaded).toContain('vm');
    expect(COSTLY.filter((name) => loaded.includes(name))).toEqual([]);
    expect(builtinsOf(['pc', 'listener', TARGET, '--sample'])).toContain('zlib');
  } finally {
    directory.remove();
  }
});

test("the cluster's client is loaded without Node's fetch, of which mctl uses nothing, and what only some kubeconfigs need", () => {
  const script = `const bare = new Set(process.moduleLoadList);
    new (require('./bin/kubernetes.js').KubeConfig)();
    console.log(process.moduleLoadList.filter((name) => !bare.has(name)).join('\\n'));`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout).toMatch(/NativeModule stream/);
  expect(stdout).not.toMatch(/undici|child_process|NativeModule (?:https|tls)$/m);
});

test('the code cache has what a view through a cluster compiles', () => {
  // The build's Node may be another, and the cache of this one what the first run above happened to compile.
  execFileSync(process.execPath, ['bin/code-cache.mjs'], { cwd: ROOT, stdio: 'ignore' });
  const directory = temporaryDirectory();
  try {
    const file = directory.write('kubeconfig', CLOSED_CLUSTER);
    const script = `const { loadBundle } = require('./bin/bundle.js');
      const { exports: { main }, script } = loadBundle(require('node:path').resolve('dist/main.js'));
      const before = script.createCachedData().length;
      main(process.cwd(), ['pc', 'listener', 'web', '--kubeconfig', ${JSON.stringify(file)}]).then((status) =>
        console.log(JSON.stringify([status, script.createCachedData().length - before])));`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
    const [status, more] = JSON.parse(stdout) as [number, number];
    expect(status).toBe(69);
    // What the refused connection compiles, and not the whole way to a cluster, which takes 100 kB.
    expect(more).toBeLessThan(25_000);
  } finally {
    directory.remove();
  }
});

test.each([
  ['listener', []],
  ['route', []],
  ['cluster', []],
  ['endpoint', []],
  ['listener', ['-o', 'json']],
])('pc %s %j loads its own command and no heavy package', (view, flags) => {
  const { bundles, modules } = loadedBy(['pc', view, TARGET, '--sample', ...flags]);
  expect(bundles).toEqual(['main']);
  expect(modules.filter((path) => path.startsWith('src/commands/'))).toEqual([`src/commands/proxy-config/${view}.ts`]);
  const packages = packagesOf(modules);
  expect(packages).toContain('@oclif/core');
  expect(HEAVY.filter((name) => packages.has(name))).toEqual([]);
});

test('a view of a cluster loads what other commands need no more than one of a file', () => {
  const directory = temporaryDirectory();
  try {
    const file = directory.write('kubeconfig', CLOSED_CLUSTER);
    const { bundles } = loadedBy(['pc', 'listener', 'web', '--kubeconfig', file], 69);
    expect(bundles).toEqual(['main']);
  } finally {
    directory.remove();
  }
});

test('a trace loads both bundles', () => {
  const { bundles, modules } = loadedBy(['pc', 'trace', TARGET, 'http://reviews:9080/', '--sample']);
  expect(bundles).toEqual(['main', 'rest']);
  expect(modules).toContain('src/commands/proxy-config/trace.ts');
});

test('a heavy package is seen where it is needed', () => {
  expect(packagesOf(modulesOf(['pc', 'listener', TARGET, '--sample', '-o', 'table']))).toContain('cli-table3');
});

test('the build leaves a code cache that this Node takes', () => {
  const script = `const { loadBundle } = require('./bin/bundle.js');
    console.log(loadBundle(require('node:path').resolve('dist/main.js')).script.cachedDataRejected);`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout.trim()).toBe('false');
});
