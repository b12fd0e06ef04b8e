import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { capture, type CaptureOptions } from '../../../src/lib/capture/capture';
import { lackLines } from '../../../src/lib/capture/lack';
import { InputError, UnavailableError, UsageError } from '../../../src/lib/errors';
import { openSnapshot } from '../../../src/lib/source/snapshot';
import { type FakeProxy, fakeMesh, smallDump, text } from '../../helpers/fake-mesh';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

let directory: TemporaryDirectory;
let mesh: string;
beforeEach(() => {
  directory = temporaryDirectory();
  mesh = join(directory.path, 'mesh');
});
afterEach(() => {
  directory.remove();
});

const options = (changes: Partial<CaptureOptions> = {}): CaptureOptions => ({
  directory: mesh,
  parallel: 3,
  gzip: false,
  redact: false,
  force: false,
  idleMs: 0,
  signal: new AbortController().signal,
  now: new Date('2026-01-02T03:04:05Z'),
  context: 'staging',
  idOf: () => Promise.resolve(null),
  onProgress: () => undefined,
  ...changes,
});

const names = (count: number): FakeProxy[] => Array.from({ length: count }, (_, index) => ({ name: `p${index}` }));
const hang = async function* (): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"configs": [');
  await new Promise(() => undefined);
};
const die = async function* (): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('{"configs": ['));
  throw new UnavailableError('the connection was lost');
};
const saved = (): string[] =>
  existsSync(join(mesh, 'proxies/shop')) ? readdirSync(join(mesh, 'proxies/shop')).sort() : [];
const whole = (name: string): boolean => existsSync(join(mesh, 'proxies/shop', name, 'config_dump.json'));
const open = async () => await openSnapshot(mesh, { namespace: null, selector: null, note: () => undefined });
const drafts = (): string[] =>
  readdirSync(mesh, { recursive: true })
    .map(String)
    .filter((name) => name.includes('draft'));
const all = async (source: ReturnType<typeof fakeMesh>, changes: Partial<CaptureOptions> = {}) =>
  await capture(source, source.sources, options(changes));

describe('capture', () => {
  it('writes what DESIGN calls a snapshot', async () => {
    const lists = {
      pods: [{ metadata: { name: 'p0', namespace: 'shop' } }],
      services: [],
      endpointSlices: null,
      nodes: null,
      networkPolicies: [
        { metadata: { name: 'np', namespace: 'shop', managedFields: [{}] }, spec: { podSelector: {}, ingress: [] } },
      ],
    };
    const result = await all(fakeMesh(names(2), lists));
    expect(result).toMatchObject({ saved: 2, resumed: 0, total: 2 });
    expect(lackLines(result.lacks)).toEqual([
      'The source has no endpointslices.json.',
      'The source has no nodes.json.',
    ]);
    expect(readdirSync(mesh).sort()).toEqual(['kubernetes', 'proxies', 'snapshot.json']);
    expect(readdirSync(join(mesh, 'proxies/shop/p0')).sort()).toEqual([
      'clusters.json',
      'config_dump.json',
      'iptables.txt',
      'server_info.json',
    ]);
    expect(JSON.parse(readFileSync(join(mesh, 'snapshot.json'), 'utf8'))).toEqual({
      version: 1,
      capturedAt: '2026-01-02T03:04:05.000Z',
      context: 'staging',
      source: 'a fake mesh',
      files: [
        'kubernetes/networkpolicies.json',
        'kubernetes/pods.json',
        'kubernetes/services.json',
        ...['p0', 'p1'].flatMap((name) =>
          ['clusters.json', 'config_dump.json', 'iptables.txt', 'server_info.json'].map(
            (file) => `proxies/shop/${name}/${file}`,
          ),
        ),
      ],
    });
    expect(readFileSync(join(mesh, 'proxies/shop/p0/config_dump.json'), 'utf8')).toBe(smallDump('p0'));
    const snapshot = await open();
    expect((await snapshot.proxies()).map(({ name }) => name)).toEqual(['p0', 'p1']);
    expect((await snapshot.kubernetes()).pods).toEqual([{ metadata: { name: 'p0', namespace: 'shop' } }]);
    expect((await snapshot.kubernetes()).networkPolicies).toEqual([
      { metadata: { name: 'np', namespace: 'shop' }, spec: { podSelector: {}, ingress: [] } },
    ]);
  });

  it('compresses where asked to', async () => {
    await all(fakeMesh(names(1)), { gzip: true });
    expect(readdirSync(join(mesh, 'proxies/shop/p0')).sort()).toEqual([
      'clusters.json.gz',
      'config_dump.json.gz',
      'iptables.txt.gz',
      'server_info.json.gz',
    ]);
    expect(await (await (await open()).open('p0.shop')).iptables()).toBe('*nat\nCOMMIT\n');
  });

  it('keeps the rest where one dies, hangs, answers something else, or breaks off', async () => {
    const proxies: FakeProxy[] = [
      ...names(3),
      { name: 'dies', dump: die },
      { name: 'hangs', dump: hang },
      { name: 'html', dump: () => text('{"error": "no"}') },
      { name: 'cut', dump: () => text('{"configs": [{') },
      { name: 'half', clusters: die, iptables: () => Promise.reject(new UnavailableError('forbidden')) },
    ];
    const result = await all(fakeMesh(proxies), { idleMs: 100 });
    expect(saved()).toEqual(['half', 'p0', 'p1', 'p2'].sort());
    expect(result).toMatchObject({ saved: 4, total: 8 });
    const failed = result.lacks
      .filter((lack) => !lack.isOptional)
      .map(({ proxy, what, why }) => `${proxy ?? ''} ${what} ${why}`);
    expect(failed.sort()).toEqual([
      'cut.shop config_dump.json config_dump.json of cut.shop broke off: its JSON does not end',
      'dies.shop config_dump.json the connection was lost',
      'half.shop clusters.json the connection was lost',
      'half.shop iptables.txt forbidden',
      'hangs.shop config_dump.json config_dump.json of hangs.shop: no byte came for 0.1 s',
      'html.shop config_dump.json config_dump.json of html.shop has no configs: it is not what Envoy answers',
    ]);
    expect(drafts()).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(mesh, 'snapshot.json'), 'utf8'));
    expect(manifest.missing).toHaveLength(6);
    expect(await (await open()).proxies()).toHaveLength(4);
  });

  it('goes on with what is missing when it is run again', async () => {
    const ill = fakeMesh([...names(2), { name: 'ill', dump: die }]);
    await all(ill);
    const well = fakeMesh([...names(2), { name: 'ill' }]);
    expect(await all(well)).toMatchObject({ saved: 3, resumed: 2, lacks: [] });
    expect([...well.asked.keys()]).toEqual(['ill']);
    expect(JSON.parse(readFileSync(join(mesh, 'snapshot.json'), 'utf8')).missing).toBeUndefined();
    await expect(all(well)).rejects.toThrow(UsageError);
  });

  it('is not a snapshot while it is not finished, and goes on after Ctrl-C', async () => {
    const stop = new AbortController();
    const first = fakeMesh([...names(4), { name: 'slow', dump: hang }, ...names(9).slice(4)]);
    const running = all(first, {
      parallel: 2,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 3) stop.abort();
      },
    });
    await expect(running).rejects.toThrow('stopped');
    expect(drafts()).toEqual([]);
    expect(existsSync(join(mesh, 'snapshot.json'))).toBe(false);
    await expect(open()).rejects.toThrow(InputError);
    const before = saved().filter(whole);
    expect(before.length).toBeGreaterThanOrEqual(3);
    const second = fakeMesh([...names(4), { name: 'slow' }, ...names(9).slice(4)]);
    const result = await all(second);
    expect(result).toMatchObject({ saved: 10, total: 10, lacks: [] });
    // One may have been stopped between its last file and its being told done: that one is asked again.
    expect(result.resumed).toBeGreaterThanOrEqual(3);
    expect(before.filter((name) => !second.asked.has(name))).toHaveLength(result.resumed);
    expect(await (await open()).proxies()).toHaveLength(10);
    const alone = join(directory.path, 'alone');
    await capture(second, second.sources, options({ directory: alone }));
    for (const name of saved()) {
      const path = `proxies/shop/${name}/config_dump.json`;
      expect(readFileSync(join(mesh, path), 'utf8')).toBe(readFileSync(join(alone, path), 'utf8'));
    }
  });

  it('takes a proxy again whose line was broken off, and goes on only as it began', async () => {
    const stop = new AbortController();
    const source = fakeMesh(names(3));
    await all(source, {
      parallel: 1,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 2) stop.abort();
      },
    }).catch(() => undefined);
    const partial = join(mesh, 'capture.partial.jsonl');
    expect(statSync(partial).mode & 0o777).toBe(0o600);
    writeFileSync(partial, readFileSync(partial, 'utf8').slice(0, -5));
    await expect(all(source, { gzip: true })).rejects.toThrow('was begun without --gzip');
    await expect(all(source, { redact: true })).rejects.toThrow('was begun without --redact');
    expect(await all(source)).toMatchObject({ saved: 3, resumed: 1 });
  });

  it('leaves a directory alone that holds other things, and a snapshot unless it is forced', async () => {
    mkdirSync(mesh);
    writeFileSync(join(mesh, 'mine.txt'), 'x');
    await expect(all(fakeMesh(names(1)))).rejects.toThrow('is not empty');
    await expect(all(fakeMesh(names(1)), { force: true })).rejects.toThrow('holds no capture');
    expect(readdirSync(mesh)).toEqual(['mine.txt']);
    rmSync(join(mesh, 'mine.txt'));
    await all(fakeMesh(names(1)));
    writeFileSync(join(mesh, 'mine.txt'), 'x');
    writeFileSync(join(mesh, 'proxies/shop/p0/mine.txt'), 'x');
    await expect(all(fakeMesh(names(1)))).rejects.toThrow('holds a snapshot already');
    await all(fakeMesh([{ name: 'other' }]), { force: true });
    expect(saved()).toEqual(['other', 'p0']);
    expect(readdirSync(join(mesh, 'proxies/shop/p0'))).toEqual(['mine.txt']);
    expect(readFileSync(join(mesh, 'mine.txt'), 'utf8')).toBe('x');
  });

  // Was: kubernetes/ and proxies/ were removed with all that was in them.
  it('removes by force what its list names, and only what can be of a snapshot', async () => {
    const lists = { pods: [], services: null, endpointSlices: null, nodes: null, networkPolicies: null };
    await all(fakeMesh(names(1), lists));
    const mine = ['kubernetes/deployment.yaml', 'kubernetes/secrets.json', 'src/main.c', 'proxies/shop/p0/notes.md'];
    for (const file of mine) directory.write(join('mesh', file), 'mine');
    const outside = directory.write('proxies/shop/p0/config_dump.json', 'outside');
    const manifest = JSON.parse(readFileSync(join(mesh, 'snapshot.json'), 'utf8'));
    const forged = [
      'src/main.c',
      '../proxies/shop/p0/config_dump.json',
      'proxies/../../proxies/config_dump.json',
      7,
      '/etc/x',
    ];
    writeFileSync(join(mesh, 'snapshot.json'), JSON.stringify({ ...manifest, files: [...manifest.files, ...forged] }));
    await all(fakeMesh([{ name: 'other' }]), { force: true });
    for (const file of mine) expect(readFileSync(join(mesh, file), 'utf8')).toBe('mine');
    expect(readFileSync(outside, 'utf8')).toBe('outside');
    expect(existsSync(join(mesh, 'kubernetes/pods.json'))).toBe(false);
    expect(existsSync(join(mesh, 'proxies/shop/p0/config_dump.json'))).toBe(false);
  });

  it('removes nothing behind a link, and writes through none', async () => {
    await all(fakeMesh(names(1)));
    const elsewhere = join(directory.path, 'elsewhere');
    renameSync(join(mesh, 'proxies'), elsewhere);
    symlinkSync(elsewhere, join(mesh, 'proxies'));
    const before = readdirSync(elsewhere, { recursive: true });
    await expect(all(fakeMesh([{ name: 'p0' }, { name: 'p1' }]), { force: true })).rejects.toThrow(
      'is a link or a file',
    );
    expect(readdirSync(elsewhere, { recursive: true })).toEqual(before);
  });

  it('replaces no file that it did not write', async () => {
    await all(fakeMesh([{ name: 'p0' }, { name: 'ill', dump: die }]));
    const mine = directory.write('mesh/proxies/shop/ill/config_dump.json', 'mine');
    await expect(all(fakeMesh([{ name: 'p0' }, { name: 'ill' }]))).rejects.toThrow(
      'is there already, and was not written by mctl',
    );
    expect(readFileSync(mine, 'utf8')).toBe('mine');
    // Nor is it taken for its own from then on.
    await all(fakeMesh([{ name: 'p0' }]), { force: true });
    expect(readFileSync(mine, 'utf8')).toBe('mine');
  });

  it.each(['..', '...', '../../x', 'a/b', 'a\0b', 'a\nb', 'A', '-a', 'a-', 'con', 'a b', '', 'x'.repeat(254)])(
    'refuses the name %j before anything is made',
    async (name) => {
      for (const id of [
        { name, namespace: 'shop' },
        { name: 'web', namespace: name },
      ]) {
        const source = fakeMesh([{ name: 'p0' }, { name: 'p1' }]);
        const sources = source.sources.map((one, index) => (index === 1 ? { ...one, id } : one));
        for (const redact of [false, true]) {
          await expect(capture(source, sources, options({ redact }))).rejects.toThrow(InputError);
        }
        expect(readdirSync(directory.path)).toEqual([]);
      }
    },
  );

  it('takes a name of 253 characters, without names of its own that are longer', async () => {
    const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    for (const redact of [false, true]) {
      expect(await all(fakeMesh([{ name }]), { redact, directory: `${mesh}-${redact}` })).toMatchObject({ saved: 1 });
    }
  });

  it('lets no second capture into the directory, and none when it is done', async () => {
    let goOn = (): void => undefined;
    const wait = new Promise<void>((resolve) => (goOn = resolve));
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      await wait;
      yield Buffer.from(smallDump('slow'));
    };
    const first = all(fakeMesh([{ name: 'slow', dump: slow }]));
    while (!existsSync(join(mesh, 'capture.lock'))) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(all(fakeMesh(names(1)))).rejects.toThrow('is being written by another capture: process');
    await expect(all(fakeMesh(names(1)), { force: true })).rejects.toThrow(UnavailableError);
    goOn();
    expect(await first).toMatchObject({ saved: 1 });
    expect(readdirSync(mesh).sort()).toEqual(['proxies', 'snapshot.json']);
  });

  it('removes what a capture by force was removing when it was broken off', async () => {
    const lists = { pods: [], services: [], endpointSlices: null, nodes: null, networkPolicies: null };
    await all(fakeMesh(names(3), lists));
    const stop = new AbortController();
    const broken = all(fakeMesh([{ name: 'new' }, { name: 'slow', dump: hang }]), {
      force: true,
      signal: stop.signal,
      parallel: 1,
      onProgress: ({ done }) => {
        if (done === 1) stop.abort();
      },
    });
    await expect(broken).rejects.toThrow('stopped');
    // As if it had been killed before it had removed anything.
    directory.write('mesh/proxies/shop/p1/config_dump.json', '{"configs": []}');
    directory.write('mesh/kubernetes/pods.json', '{"items": []}');
    directory.write('mesh/proxies/shop/slow/config_dump.json.mctl-draft', 'half');
    await all(fakeMesh([{ name: 'new' }, { name: 'slow' }]));
    expect(saved()).toEqual(['new', 'slow']);
    expect(readdirSync(mesh).sort()).toEqual(['proxies', 'snapshot.json']);
    expect(drafts()).toEqual([]);
  });

  it('reads no more at once than it may', async () => {
    const source = fakeMesh(names(20));
    await all(source, { parallel: 4 });
    expect(source.busiest()).toBeLessThanOrEqual(4);
  });

  it('keeps little of a large dump in memory', async () => {
    const piece = Buffer.from(`${JSON.stringify({ name: 'x'.repeat(1000), other: 'y'.repeat(1000) })},`.repeat(100));
    const large = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"configs": [');
      for (let count = 0; count < 1000; count++) yield await Promise.resolve(piece);
      yield Buffer.from('{}]}');
    };
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 5);
    await all(fakeMesh([{ name: 'large', dump: large }]));
    clearInterval(timer);
    expect(statSync(join(mesh, 'proxies/shop/large/config_dump.json')).size).toBeGreaterThan(200_000_000);
    expect(most).toBeLessThan(100_000_000);
  }, 60_000);
});
