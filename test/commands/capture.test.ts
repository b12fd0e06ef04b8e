import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import CaptureCommand from '../../src/commands/capture';
import ListenerCommand from '../../src/commands/proxy-config/listener';
import TraceCommand from '../../src/commands/proxy-config/trace';
import { runCommand } from '../helpers/run-command';
import { type TemporaryDirectory, temporaryDirectory } from '../helpers/temporary-directory';

const SECRET = 'root:x:0:0';

test.each(['in', 'none/map', 'own.txt/map', 'x'.repeat(300), 'loop'])(
  'a map that cannot be written at %s is refused before anything is captured',
  async (place) => {
    directory.write('own.txt', 'mine');
    symlinkSync('loop', join(directory.path, 'loop'));
    const run = await sample('--redact', '--redact-map', join(directory.path, place));
    expect(run.exitCode).toBe(69);
    expect(existsSync(mesh) ? readdirSync(mesh) : []).toEqual([]);
    expect(readdirSync(directory.path).sort()).toEqual(['in', 'loop', 'own.txt']);
  },
);

test('a capture whose map finds no room says that it is whole without it', async () => {
  const run = await sample('--redact', '--redact-map', '/dev/full');
  expect(run.exitCode).toBe(69);
  expect(run.stderr).toContain('is a whole snapshot, but what its names were is written nowhere');
  expect((await runCommand(ListenerCommand, ['--snapshot', mesh, '-A'])).stderr).not.toContain('not a snapshot');
});
test('an empty name is not the directory in which it is run', async () => {
  const run = await runCommand(CaptureCommand, ['', '--sample', '-A']);
  expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining('capture requires a directory')]);
});

let directory: TemporaryDirectory;
let mesh: string;
beforeEach(() => {
  directory = temporaryDirectory();
  mesh = join(directory.path, 'in/mesh');
  mkdirSync(join(directory.path, 'in'));
});
afterEach(() => {
  directory.remove();
});

const dumpOf = (id: unknown): string =>
  JSON.stringify({
    configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: { node: { id } } }],
  });
const capture = (...argv: string[]) => runCommand(CaptureCommand, [mesh, ...argv]);
const captureOf = (id: unknown, ...argv: string[]) => capture('-f', directory.write('dump.json', dumpOf(id)), ...argv);
const sample = (...argv: string[]) => capture('-A', '--sample', ...argv);
const everything = (): string[] =>
  readdirSync(directory.path, { recursive: true })
    .map(String)
    .filter((name) => name !== 'dump.json')
    .sort();

describe('names in a dump', () => {
  const istio = (name: string): string => `sidecar~1.1.1.1~${name}~x`;
  it.each([
    ['../../../../pwned.ns'],
    ['..'],
    ['...ns'],
    ['.'],
    ['.ns'],
    ['p1.ns/../../../x'],
    ['p1./etc'],
    ['p1.'],
    ['a'.repeat(300)],
    [`${'a'.repeat(300)}.ns`],
    [`p1.${'n'.repeat(64)}`],
    ['p\u0000.ns'],
    ['p\n.ns'],
    ['P1.ns'],
    ['con.ns'],
    ['p1.nul'],
    ['C:\\x.ns'],
    ['web'],
  ])('refuses %j, and makes nothing', async (name) => {
    for (const id of [istio(name)]) {
      for (const flags of [[], ['--redact'], ['--gzip'], ['--redact', '--redact-map', join(directory.path, 'map')]]) {
        const run = await captureOf(id, ...flags);
        expect([run.exitCode, run.stdout]).toEqual([65, '']);
        expect(run.stderr).toContain('Nothing was written.');
        expect(everything()).toEqual(['in']);
      }
    }
  });

  it.each(['..', '...ns', 'p1.ns/../../../x', '../x', 'a'.repeat(300), 'a\nb', '..\\x'])(
    'refuses the node id %j of whatever form',
    async (id) => {
      expect((await captureOf(id)).exitCode).toBe(65);
      expect(everything()).toEqual(['in']);
    },
  );

  it('takes the id of an Envoy that is not Istio’s for one without a name', async () => {
    for (const id of ['gateway-7d4b9', 'mesh.web-1', 'a/b', '', undefined]) {
      expect((await captureOf(id, '--force')).exitCode).toBe(0);
      expect(readdirSync(join(mesh, 'proxies/default/envoy'))).toContain('config_dump.json');
    }
  });

  it('never writes outside, whatever the id', async () => {
    const piece = fc.oneof(fc.constantFrom('..', '.', '/', '~', '\\', '\0', '\n', 'a', 'ns', 'con', 'C:'), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.boolean(), async (pieces, isIstio) => {
        const { exitCode } = await captureOf(isIstio ? istio(pieces.join('')) : pieces.join(''), '--force');
        expect([0, 65]).toContain(exitCode);
        for (const name of everything()) {
          expect(name).toMatch(
            /^in(?:\/mesh(?:\/snapshot\.json|\/proxies(?:\/[a-z0-9.-]+){0,2}(?:\/config_dump\.json)?)?)?$/,
          );
        }
        if (exitCode === 0) await captureOf(istio('p.n'), '--force');
      }),
      { numRuns: 100 },
    );
    // Each run brings files to the disk, and the disk may be busy.
  }, 300_000);
});

describe('a snapshot that somebody else made', () => {
  const listener = (...argv: string[]) => runCommand(ListenerCommand, ['p.ns', '--snapshot', mesh, ...argv]);
  const trace = () => runCommand(TraceCommand, ['p.ns', 'http://web/', '--snapshot', mesh]);
  const own = (name: string, content: string): string => directory.write(join('in/mesh', name), content);
  const places = [
    'proxies',
    'proxies/ns',
    'proxies/ns/p',
    'proxies/ns/p/config_dump.json',
    'proxies/ns/p/clusters.json',
    'proxies/ns/p/server_info.json',
    'proxies/ns/p/iptables.txt',
    'proxies/ns/p/iptables.txt.gz',
    'kubernetes',
    'kubernetes/pods.json',
    'kubernetes/services.json.gz',
    'snapshot.json',
    'capture.partial.jsonl',
  ];

  it.each(places)('is refused where %s is a link that leads outside, a device or a FIFO', async (place) => {
    directory.write('secret', SECRET);
    directory.write('elsewhere/ns/p/config_dump.json', SECRET);
    directory.write('elsewhere/p/config_dump.json', SECRET);
    directory.write('elsewhere/config_dump.json', SECRET);
    const isDirectory = !/\.(?:json|jsonl|txt|gz)$/.test(place);
    const plants: (readonly [string, () => void])[] = [
      [
        'link',
        () => {
          symlinkSync(join(directory.path, isDirectory ? 'elsewhere' : 'secret'), join(mesh, place));
        },
      ],
      [
        'device',
        () => {
          symlinkSync('/dev/zero', join(mesh, place));
        },
      ],
      ['fifo', () => execFileSync('mkfifo', [join(mesh, place)])],
    ];
    for (const [kind, plant] of plants) {
      if (isDirectory && kind === 'fifo') continue;
      execFileSync('rm', ['-rf', mesh]);
      if (!place.startsWith('proxies')) own('proxies/ns/p/config_dump.json', dumpOf(''));
      else if (place.startsWith('proxies/ns/p/') && !place.endsWith('config_dump.json')) {
        own('proxies/ns/p/config_dump.json', dumpOf(''));
      }
      mkdirSync(join(mesh, place, '..'), { recursive: true });
      plant();
      for (const run of [await listener(), await trace()]) {
        expect([kind, run.exitCode, run.stdout]).toEqual([kind, 65, '']);
        expect(run.stderr).toContain(join(mesh, place));
        expect(run.stderr).not.toContain('root:');
      }
    }
  });

  it('quotes nothing of a list that is not JSON', async () => {
    own('proxies/ns/p/config_dump.json', dumpOf('sidecar~1.1.1.1~p.ns~x'));
    for (const text of [SECRET, '{"items": [root:x:0:0', '{"version": "root:x:0:0"}']) {
      own('kubernetes/pods.json', text);
      own('snapshot.json', '{}');
      const ofList = await trace();
      expect([ofList.exitCode, ofList.stderr.includes('root:')]).toEqual([65, false]);
      own('snapshot.json', text);
      const ofManifest = await listener();
      expect([ofManifest.exitCode, ofManifest.stderr.includes('root:')]).toEqual([65, false]);
    }
  });
});

describe('what cannot be written', () => {
  const isRoot = process.getuid?.() === 0;
  const inSentence = /^Error: (?:create the directory|write) \S+: [a-z ]+[^\n]*\n/;

  it('is said in a sentence: /proc, a file in the way, a name too long', async () => {
    const file = directory.write('file', 'mine');
    for (const path of ['/proc/x', '/proc/self/x', join(file, 'mesh'), file, join(directory.path, 'x'.repeat(300))]) {
      const run = await runCommand(CaptureCommand, [path, '-A', '--sample']);
      expect([path, run.exitCode]).toEqual([path, 69]);
      expect(run.stderr).toMatch(inSentence);
      expect(run.stderr).not.toMatch(/E[A-Z]{4,}|bug/);
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  // The sample has about 2 MB of dumps.
  it.each([64, 700, 1500])(
    'is said where the disk is full after %i kB, and what was written is whole',
    async (kilobytes) => {
      const disk = join(directory.path, 'disk');
      mkdirSync(disk);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'none', disk], { stdio: 'ignore' });
      } catch {
        process.stderr.write('skipped: a small disk can be mounted by root only\n');
        return;
      }
      try {
        const run = async (...argv: string[]) =>
          await runCommand(CaptureCommand, [join(disk, 'mesh'), '-A', '--sample', ...argv]);
        for (const flags of [[], ['--force', '--redact']]) {
          const full = await run(...flags);
          expect([full.exitCode, full.stderr]).toEqual([
            69,
            expect.stringMatching(/: no space is left on the disk\nMake room/),
          ]);
          const files = readdirSync(join(disk, 'mesh'), { recursive: true, withFileTypes: true }).filter((one) =>
            one.isFile(),
          );
          for (const one of files) {
            expect(one.name).not.toMatch(/draft|lock|^snapshot\.json$/);
            if (one.name.endsWith('.json')) JSON.parse(readFileSync(join(one.parentPath, one.name), 'utf8'));
          }
        }
        execFileSync('mount', ['-o', 'remount,size=64m', disk], { stdio: 'ignore' });
        expect((await run('--force')).exitCode).toBe(0);
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );

  it('is said where the file system is read-only, or may not be written', async () => {
    const disk = join(directory.path, 'disk');
    mkdirSync(disk);
    if (!isRoot) {
      chmodSync(disk, 0o500);
      expect((await runCommand(CaptureCommand, [join(disk, 'mesh'), '-A', '--sample'])).stderr).toContain(
        'permission denied',
      );
      return;
    }
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', disk], { stdio: 'ignore' });
    try {
      for (const path of [disk, join(disk, 'mesh')]) {
        const run = await runCommand(CaptureCommand, [path, '-A', '--sample']);
        expect([run.exitCode, run.stderr]).toEqual([69, expect.stringContaining('the file system is read-only')]);
      }
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('leaves the map of names as it was where it cannot be written', async () => {
    const map = join(directory.path, 'none/map.json');
    const run = await sample('--redact', '--redact-map', map);
    expect([run.exitCode, run.stderr]).toEqual([
      69,
      expect.stringContaining(`write ${map}: no such file or directory`),
    ]);
    expect(existsSync(map)).toBe(false);
  });
});

describe('--force', () => {
  it('refuses a directory of one’s own, and touches nothing in it', async () => {
    for (const file of ['kubernetes/deployment.yaml', 'proxies/a/b/c.json', 'README.md']) {
      directory.write(join('in/mesh', file), 'mine');
    }
    const before = everything();
    for (const manifest of [null, '{"version": 1}', '{}', 'null', '[]', 'no', '{"files": "kubernetes"}']) {
      if (manifest !== null) writeFileSync(join(mesh, 'snapshot.json'), manifest);
      const run = await sample('--force');
      expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining('Nothing was removed.')]);
    }
    expect(everything().filter((name) => name !== 'in/mesh/snapshot.json')).toEqual(before);
  });

  it('captures anew over a snapshot and over a capture that was broken off', async () => {
    expect((await sample()).exitCode).toBe(0);
    const before = everything();
    expect((await sample('--force')).exitCode).toBe(0);
    expect(everything()).toEqual(before);
    expect((await sample('--force', '--gzip')).exitCode).toBe(0);
    expect(everything()).toHaveLength(before.length);
    writeFileSync(join(mesh, 'capture.partial.jsonl'), 'of something else\n');
    expect((await sample('--force')).exitCode).toBe(65);
    truncateSync(join(mesh, 'capture.partial.jsonl'));
    expect((await sample()).exitCode).toBe(65);
    expect(everything()).toHaveLength(before.length + 1);
  });
});

describe('what stands in the way', () => {
  /** Every file and link with what it holds, links not followed. */
  const contents = (): readonly (readonly [string, string])[] =>
    readdirSync(directory.path, { recursive: true, withFileTypes: true })
      .map((one): [string, string] => {
        const path = join(one.parentPath, one.name);
        return [path, one.isFile() ? readFileSync(path, 'latin1') : one.isSymbolicLink() ? readlinkSync(path) : ''];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1));

  const PLACES = [
    'proxies',
    'proxies/bookinfo',
    'proxies/bookinfo/POD',
    'proxies/bookinfo/POD/config_dump.json',
    'kubernetes',
    'kubernetes/pods.json',
  ];
  const KINDS = ['a link outside', 'a link inside', 'a link to nowhere', 'a file', 'a directory', 'a FIFO'];

  const cases = PLACES.flatMap((place) => KINDS.map((kind) => [place, kind] as const)).filter(([place, kind]) =>
    place.endsWith('.json') ? kind !== 'a file' : kind !== 'a directory',
  );

  it.each(cases)('%s that is %s is refused before anything is removed', async (place, kind) => {
    expect((await sample()).exitCode).toBe(0);
    const [pod = ''] = readdirSync(join(mesh, 'proxies/bookinfo'));
    const path = join(mesh, place.replace('POD', pod));
    mkdirSync(join(directory.path, 'outside'));
    renameSync(path, `${path}-moved`);
    if (kind === 'a link outside') symlinkSync(join(directory.path, 'outside'), path);
    if (kind === 'a link inside') symlinkSync(`${path}-moved`, path);
    if (kind === 'a link to nowhere') symlinkSync('nowhere', path);
    if (kind === 'a file') writeFileSync(path, 'mine');
    if (kind === 'a directory') mkdirSync(path);
    if (kind === 'a FIFO') execFileSync('mkfifo', [path]);
    const before = contents();
    for (const flags of [['--force'], ['--force', '--redact']]) {
      const run = await sample(...flags);
      expect([run.exitCode, run.stdout]).toEqual([65, '']);
      expect(run.stderr).toMatch(/ is (?:a link or a file|there already)/);
      expect(contents()).toEqual(before);
    }
  });
});

describe('ztunnels', () => {
  const ZTUNNEL = 'ztunnels/istio-system/ztunnel-7c4kd/config_dump.json';

  test('are saved beside the proxies, and the snapshot traces as its source does', async () => {
    const { exitCode, stderr } = await capture('-A', '--sample=ambient');
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('Saved 2 of 2 proxies'),
    });
    expect(existsSync(join(mesh, ZTUNNEL))).toBe(true);
    const walk = ['sleep-7656cf8794-lxcmx.default', 'http://reviews.bookinfo:9080/', '-o', 'json'];
    const [saved, source] = [
      await runCommand(TraceCommand, [...walk, '--snapshot', mesh]),
      await runCommand(TraceCommand, [...walk, '--sample=ambient']),
    ];
    expect(saved.stdout).toBe(source.stdout);
  });

  test('have their names and addresses replaced, and no certificate is left', async () => {
    expect((await capture('-A', '--sample=ambient', '--redact')).exitCode).toBe(0);
    const [namespace = ''] = readdirSync(join(mesh, 'ztunnels'));
    const [pod = ''] = readdirSync(join(mesh, 'ztunnels', namespace));
    const text = readFileSync(join(mesh, 'ztunnels', namespace, pod, 'config_dump.json'), 'utf8');
    for (const name of ['bookinfo', 'productpage', 'ratings-viewer', '10.244.0.', 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS']) {
      expect(text).not.toContain(name);
    }
  });
});
