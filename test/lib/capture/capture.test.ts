import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
    });
    expect(readFileSync(join(mesh, 'proxies/shop/p0/config_dump.json'), 'utf8')).toBe(smallDump('p0'));
    const snapshot = await open();
    expect((await snapshot.proxies()).map(({ name }) => name)).toEqual(['p0', 'p1']);
    expect((await snapshot.kubernetes()).pods).toEqual([{ metadata: { name: 'p0', namespace: 'shop' } }]);
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
      'hangs.shop config_dump.json config_dump.json of hangs.shop: nothing came for 0.1 s',
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

  it('is no snapshot while it is not finished, and goes on after Ctrl-C', async () => {
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
    await all(fakeMesh(names(1)), { force: true });
    await expect(all(fakeMesh(names(1)))).rejects.toThrow('holds a snapshot already');
    await all(fakeMesh([{ name: 'other' }]), { force: true });
    expect(saved()).toEqual(['other']);
    expect(readFileSync(join(mesh, 'mine.txt'), 'utf8')).toBe('x');
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
