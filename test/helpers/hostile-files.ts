/** The hostile files of the fixture, and calls of every command on one of them, for every Node that is to be tried. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';
import { temporaryDirectory, type TemporaryDirectory } from './temporary-directory';

const ROOT = join(__dirname, '../..');
const BIN = join(ROOT, 'bin/run.js');
const MOST_MEMORY = join(__dirname, 'most-memory.js');

/** Executables of Node: those that MCTL_NODES names, separated as in PATH; the one that runs the tests where it names none. */
export const NODES: readonly string[] = (process.env['MCTL_NODES'] ?? process.execPath)
  .split(delimiter)
  .filter((node) => node !== '');

let texts: Readonly<Record<string, string>> | undefined;

/** The text of a file of the fixture. */
export function hostileText(name: string): string {
  if (texts === undefined) {
    const packed = readFileSync(join(ROOT, 'test/fixtures/hostile-files.json.br'));
    const text = brotliDecompressSync(packed, { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } });
    texts = JSON.parse(text.toString('utf8')) as Record<string, string>;
  }
  const text = texts[name];
  if (text === undefined) throw new Error(`the fixture has no ${name}`);
  return text;
}

export interface HostileDirectory extends TemporaryDirectory {
  /** The path of a file in it. */
  readonly at: (name: string) => string;
}

/** A directory with the named files in it, which is removed behind the tests of a file. */
export function hostileDirectory(...names: readonly string[]): HostileDirectory {
  const directory = temporaryDirectory();
  for (const name of names) directory.write(name, hostileText(name));
  afterAll(() => {
    directory.remove();
  });
  return { ...directory, at: (name) => join(directory.path, name) };
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RanOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

function spawnOptions({ env = {}, cwd }: RanOptions): {
  readonly encoding: 'utf8';
  readonly maxBuffer: number;
  readonly timeout: number;
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
} {
  return {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 60_000,
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, GITHUB_ACTIONS: '', MCTL_SNAPSHOT: '', ...env },
  };
}

/** Runs the built program with a Node, as its user does. */
export function runWith(node: string, argv: readonly string[], options: RanOptions = {}): Ran {
  const { status, stdout, stderr } = spawnSync(node, [BIN, ...argv], spawnOptions(options));
  return { status, stdout, stderr };
}

/** The same, with the most memory that it had. */
export function runMeasured(
  node: string,
  argv: readonly string[],
  options: RanOptions = {},
): Ran & { readonly kilobytes: number } {
  const directory = temporaryDirectory();
  const file = join(directory.path, 'memory');
  const { status, stdout, stderr } = spawnSync(node, ['--require', MOST_MEMORY, BIN, ...argv], {
    ...spawnOptions(options),
    env: { ...spawnOptions(options).env, MCTL_TEST_MEMORY: file },
  });
  const kilobytes = Number(readFileSync(file, 'utf8'));
  directory.remove();
  return { status, stdout, stderr, kilobytes };
}

/** The same while this process serves what it asks for. */
export async function runAsync(node: string, argv: readonly string[], cwd: string): Promise<Ran> {
  return await new Promise((resolve) => {
    const child = execFile(node, [BIN, ...argv], spawnOptions({ cwd }), (_error, stdout, stderr) => {
      resolve({ status: child.exitCode, stdout, stderr });
    });
  });
}

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, { helpValue?: string }>> }>>;
}

const { commands } = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as Manifest;

/** What ask a running Envoy or ztunnel, read a ztunnel's dump, complete words, or write files. */
const OTHERS = /^(?:capture|completion|__complete|proxy-config:(?:log|stats)|ztunnel-config:.*)$/;

/** Requests that a mesh's sidecar is asked for. */
const PATHS = ['/w', '/sep/x', '/jwt', '/none'];

/** Other formats are those of reports, which `check --generate` refuses. */
const GENERATED: ReadonlySet<string> = new Set(['pretty', 'yaml', 'json']);

const LOG =
  '[2026-01-01T00:00:00.000Z] "GET /w HTTP/1.1" 503 - via_upstream - "-" 0 1 1 1 "-" "x" "id" "svc.local" "10.1.0.10:8080" c1 10.244.0.5:1 10.0.0.1:80 10.244.0.5:2 - default';

/** What commands are given beside `-f DUMP`: several rows where a command can be asked in several ways. */
function argumentsOf(id: string, files: CallFiles): readonly (readonly string[])[] {
  const { dump, other, checks, log } = files;
  const source = ['-f', dump];
  switch (id) {
    case 'check':
      return [
        [checks, ...source, '--coverage'],
        ['--generate', ...source],
      ];
    case 'diff':
      return [
        [dump, other],
        [dump, other, '--requests', checks],
      ];
    case 'explain':
      return [
        [LOG, ...source],
        ['UH', ...source],
      ];
    case 'replay':
      return [[log, ...source]];
    case 'reach':
      return [[...source, '--max-classes', '60']];
    case 'proxy-config:rootca-compare':
      return [[dump, other]];
    case 'proxy-config:trace':
      return PATHS.map((path) => [
        `http://svc.local${path}`,
        ...['--original-dst', '10.0.0.1:80', '--all-branches', '--explain', '-v'],
        ...source,
      ]);
    default:
      return [source];
  }
}

interface CallFiles {
  readonly dump: string;
  /** Another dump, that `diff` compares it with. */
  readonly other: string;
  readonly checks: string;
  readonly log: string;
}

/** The files of calls on a dump, written to a directory. */
function callFiles(directory: TemporaryDirectory, dump: string, other: string): CallFiles {
  const views = ['listener', 'route', 'cluster', 'endpoint'].map(
    (view) =>
      `  - view: ${view}\n    expect: {count: 77, jsonpath: {'$..*': x, '$..value': x, '$..inlineString': x}}\n`,
  );
  const requests = PATHS.map(
    (path) =>
      `  - request: {url: 'http://svc.local${path}', originalDst: '10.0.0.1:80'}\n` +
      '    expect: {verdict: denied, cluster: none, route: none, location: none, policy: none}\n',
  );
  return {
    dump,
    other,
    checks: directory.write('calls.yaml', `checks:\n${requests.join('')}${views.join('')}`),
    log: directory.write('calls.log', `${LOG}\n`),
  };
}

export interface Call {
  readonly format: string;
  readonly argv: readonly string[];
}

/**
 * Every command of the manifest that reads a sidecar's dump, each with its calls in every format.
 * @param directory where their files are written
 * @param other the dump that `diff` compares with
 */
export function callsOn(
  directory: TemporaryDirectory,
  dump: string,
  other: string,
): readonly (readonly [id: string, calls: readonly Call[]])[] {
  const files = callFiles(directory, dump, other);
  return Object.entries(commands)
    .filter(([id]) => !OTHERS.test(id))
    .map(([id, { flags }]) => {
      const formats = (flags['output']?.helpValue ?? '').split('|').map((format) => format.replace(/=$/, '=$..*'));
      const calls = formats.flatMap((format) =>
        argumentsOf(id, files)
          .filter((rest) => !rest.includes('--generate') || GENERATED.has(format))
          .map((rest) => ({
            // A file of checks is YAML in every format but JSON.
            format: rest.includes('--generate') && format !== 'json' ? 'yaml' : format,
            argv: [...id.split(':'), ...rest, '-o', format],
          })),
      );
      return [id, calls] as const;
    });
}
