/** The built program, run as its user runs it: exit statuses and streams for bad input. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { corpusFiles } from '../helpers/corpora';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const BIN = join(ROOT, 'bin/run.js');
const POD = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const directory = temporaryDirectory();
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';
const clusters = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.clusters.json'] ?? '';

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function mctl(args: readonly string[], input = ''): Run {
  const environment = { ...process.env };
  delete environment['MCTL_SNAPSHOT'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    input,
    env: { ...environment, KUBECONFIG: join(directory.path, 'none') },
  });
  return { status, stdout, stderr };
}

afterAll(() => {
  directory.remove();
});

const file = (name: string, content: string | Uint8Array): string => directory.write(name, content);

describe('bad input ends with its status, a message on stderr, and nothing on stdout', () => {
  test.each<[what: string, args: () => readonly string[], status: number, says: RegExp]>([
    ['no source', () => ['pc', 'listener'], 64, /requires pod name or --file/],
    ['two sources', () => ['pc', 'listener', '--sample', '-f', 'x'], 64, /two sources/],
    ['a missing file', () => ['pc', 'listener', '-f', join(directory.path, 'nowhere.json')], 69, /nowhere\.json/],
    ['a directory', () => ['pc', 'listener', '-f', directory.path], 65, /directory/],
    ['not JSON', () => ['pc', 'listener', '-f', file('text.json', 'hello')], 65, /text\.json/],
    ['an empty file', () => ['pc', 'listener', '-f', file('empty.json', '')], 65, /empty/],
    ['a dump that breaks off', () => ['pc', 'route', '-f', file('cut.json', dump.slice(0, -100))], 65, /truncated/],
    ['an object that is not a dump', () => ['pc', 'route', '-f', file('object.json', '{}')], 65, /neither an Envoy/],
    [
      'clusters for a listener view',
      () => ['pc', 'listener', '-f', file('clusters.json', clusters)],
      65,
      /config_dump/,
    ],
    ['a section missing', () => ['pc', 'route', '-f', file('none.json', '{"configs":[]}')], 65, /RoutesConfigDump/],
    ['a port out of range', () => ['pc', 'listener', '-f', '/nowhere', '--port', '65536'], 64, /range/],
    ['a port that is not a number', () => ['pc', 'listener', '-f', '/nowhere', '--port', 'http'], 64, /port/],
    ['an unknown format', () => ['pc', 'listener', '-f', '/nowhere', '-o', 'xml'], 64, /xml/],
    ['an unknown flag', () => ['pc', 'listener', '--sample', '--prot', '80'], 64, /--prot/],
    ['an unknown command', () => ['pc', 'listner', '--sample'], 64, /listner/],
    ['a pod that the snapshot lacks', () => ['pc', 'listener', 'reviews-v9.bookinfo', '--sample'], 69, /reviews-v9/],
    ['several pods and none named', () => ['pc', 'listener', '--sample'], 64, /5 proxies/],
  ])('%s', (_what, args, status, says) => {
    const run = mctl(args());
    expect({ status: run.status, stdout: run.stdout }).toEqual({ status, stdout: '' });
    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('good input', () => {
  it('is read from a file, standard input and a compressed file alike', () => {
    const args = ['pc', 'listener', '--port', '9080', '-o', 'json'];
    const plain = mctl([...args, '-f', file('good.json', dump)]);
    expect(plain).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(plain.stdout)).toMatchObject([{ name: '0.0.0.0_9080' }]);
    expect(mctl([...args, '-f', '-'], dump).stdout).toBe(plain.stdout);
    expect(mctl([...args, '-f', file('good.json.gz', gzipSync(dump))]).stdout).toBe(plain.stdout);
    expect(mctl([...args, POD, '--sample']).stdout).toBe(plain.stdout);
  });

  it('says what was filtered away, and fails on it only when asked', () => {
    const args = ['pc', 'cluster', POD, '--sample', '--fqdn', 'review.bookinfo'];
    const run = mctl(args);
    expect(run.status).toBe(0);
    expect(run.stdout.split('\n')).toHaveLength(2);
    expect(run.stderr).toMatch(/nearest: reviews\.bookinfo/);
    expect(mctl([...args, '--fail-on-empty']).status).toBe(1);
  });

  it('warns of a value outside the vocabulary', () => {
    const run = mctl(['pc', 'endpoint', POD, '--sample', '--status', 'GOOD']);
    expect(run.stderr).toMatch(/Warning: --status GOOD is none of UNKNOWN, HEALTHY/);
  });

  it('takes JSONPath as kubectl writes it, and runs no code in it', () => {
    const args = ['pc', 'listener', POD, '--sample', '--port', '15001', '-o'];
    expect(mctl([...args, 'jsonpath={[*].name}']).stdout).toBe('virtualOutbound\n');
    expect(mctl([...args, 'jsonpath=$[0].name']).stdout).toBe('virtualOutbound\n');
    expect(mctl([...args, 'jsonpath=$[?(process.exit(3))]']).status).toBe(64);
  });

  it('survives a reader that goes away', () => {
    const run = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${BIN}" pc listener ${POD} --sample -o json | head -1; exit \${PIPESTATUS:-0}`],
      {
        encoding: 'utf8',
      },
    );
    expect(run.stdout).toBe('[\n');
    expect(run.stderr).toBe('');
  });
});

test('the packed package runs where it is installed', () => {
  // Without scripts: its own builds anew, and takes the program away under the tests of other workers.
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', directory.path], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  const tarball = readdirSync(directory.path).find((name) => name.endsWith('.tgz')) ?? '';
  const listed = execFileSync('tar', ['-tzf', join(directory.path, tarball)], { encoding: 'utf8' });
  for (const path of ['dist/main.js', 'bin/run.js', 'oclif.manifest.json', 'sample/snapshot.json', 'LICENSE']) {
    expect(listed).toContain(`package/${path}\n`);
  }
  expect(listed).not.toMatch(/package\/(?:test|src)\//);
}, 60_000);
