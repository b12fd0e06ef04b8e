import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { capture } from '../../../src/lib/capture/capture';
import { IpMap } from '../../../src/lib/capture/redact/ip-map';
import { generateChecks } from '../../../src/lib/generate/generate';
import { inRange, parseIp } from '../../../src/lib/match/cidr';
import { proxyName } from '../../../src/lib/proxy-id';
import { OpenMesh } from '../../../src/lib/session/mesh';
import { openSample } from '../../../src/lib/source/sample';
import { openSnapshot } from '../../../src/lib/source/snapshot';
import type { Hop } from '../../../src/lib/trace/model';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const ROOT = join(__dirname, '../../..');
const directory = temporaryDirectory();
const mesh = join(directory.path, 'mesh');
const quiet = { namespace: null, selector: null, note: () => undefined };
let names: ReadonlyMap<string, string>;

beforeAll(async () => {
  const source = await openSample(ROOT, quiet);
  const result = await capture(source, await source.openAll(undefined), {
    directory: mesh,
    parallel: 2,
    gzip: false,
    redact: true,
    force: false,
    idleMs: 0,
    signal: new AbortController().signal,
    now: new Date(0),
    context: 'secret-context',
    idOf: () => Promise.resolve(null),
    onProgress: () => undefined,
  });
  names = result.names ?? new Map();
  expect(result).toMatchObject({ saved: 5, total: 5 });
}, 60_000);

afterAll(() => {
  directory.remove();
});

/** A text with its names replaced as the capture did. */
function replaced(text: string): string {
  return text.replace(/[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*/g, (token) => {
    const found = [...names.keys()].filter(
      (name) =>
        token === name ||
        (token.startsWith(`${name}-`) && /^-[0-9a-f]{6,10}-[0-9a-z]{5}$/.test(token.slice(name.length))),
    );
    const [name] = found.sort((a, b) => b.length - a.length);
    return name === undefined ? token : `${names.get(name) ?? ''}${token.slice(name.length)}`;
  });
}

describe('a capture without names', () => {
  it('holds none of them', () => {
    const files = readdirSync(mesh, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files).toHaveLength(5 * 3 + 4 + 1);
    for (const file of files) {
      const path = join(file.parentPath, file.name);
      expect(path).not.toMatch(/bookinfo|productpage|reviews/);
      // Paths of requests, which a trace asks for, are no names.
      const text = readFileSync(path, 'utf8').replaceAll(/"\/[^"]*"/g, '""');
      expect([
        file.name,
        /bookinfo|productpage|reviews|ratings-v|10\.244\.0\.|10\.96\.10\.|secret-context|BEGIN CERT|LS0tLS1/.exec(
          text,
        )?.[0],
      ]).toEqual([file.name, undefined]);
    }
    expect(existsSync(join(mesh, 'capture.partial.jsonl'))).toBe(false);
    expect(JSON.parse(readFileSync(join(mesh, 'snapshot.json'), 'utf8'))).toEqual({
      version: 1,
      capturedAt: '1970-01-01T00:00:00.000Z',
      context: null,
      redacted: true,
      // The names of files have no names of the mesh in them either: see above.
      files: expect.any(Array),
    });
  });

  it('traces as the mesh that it was taken from', async () => {
    const original = new OpenMesh(await openSample(ROOT, quiet));
    const other = new OpenMesh(await openSnapshot(mesh, quiet));
    const told = (hop: Hop) => ({
      direction: hop.direction,
      route: hop.route,
      chain: hop.filterChain?.index,
      clusters: hop.clusters.map(({ share, type, endpoints }) => [
        share,
        type,
        endpoints.map((one) => [one.share, one.health, one.pod !== null]),
      ]),
      steps: hop.steps.map(({ stage, outcome, rejectedCount }) => [stage, outcome, rejectedCount]),
    });
    for (const name of (await original.ids()).map(proxyName)) {
      const tracer = await original.open(name);
      const redacted = await other.open(replaced(name));
      const options = { allBranches: false, explain: false };
      const { checks } = await generateChecks(tracer.config, (query) => tracer.trace(query, options));
      expect(checks.length).toBeGreaterThan(5);
      for (const { request } of checks) {
        // Without the addresses, which are looked up instead: by other names, at other addresses.
        const url = new URL(request.url!);
        if (url.hostname.endsWith('.example')) continue;
        const headers = Object.entries(request.headers ?? {}) as [string, string][];
        const before = await tracer.trace({ url: request.url!, headers }, options);
        const after = await redacted.trace(
          { url: request.url!.replace(url.hostname, replaced(url.hostname)), headers },
          options,
        );
        expect([after.verdict, after.status, after.hops.map(told)]).toEqual([
          before.verdict,
          before.status,
          before.hops.map(told),
        ]);
        expect(after.hops[0]?.clusters[0]?.name).toBe(replaced(before.hops[0]?.clusters[0]?.name ?? ''));
      }
    }
  }, 60_000);
});

describe('addresses', () => {
  const map = new IpMap(Buffer.alloc(32, 7));
  const v4 = fc.ipV4();
  const v6 = fc.ipV6();

  it('keep the prefixes that they share, and special ranges', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(v4, v4), fc.tuple(v6, v6)), fc.integer({ min: 0, max: 128 }), ([a, b], bits) => {
        const length = a.includes(':') ? bits : Math.min(bits, 32);
        const range = { address_prefix: a, prefix_len: length };
        const mapped = { address_prefix: map.map(a), prefix_len: length };
        expect(inRange(map.map(b), mapped)).toBe(inRange(b, range));
      }),
      { numRuns: 500 },
    );
    for (const range of [
      '10.0.0.0/8',
      '127.0.0.0/8',
      '192.168.0.0/16',
      '169.254.0.0/16',
      '224.0.0.0/4',
      '172.16.0.0/12',
      '::1/128',
      'fc00::/7',
      'fe80::/10',
    ]) {
      const [address_prefix = '', length] = range.split('/');
      fc.assert(
        fc.property(range.includes(':') ? v6 : v4, (ip) => {
          const own = { address_prefix, prefix_len: Number(length) };
          expect(inRange(map.map(ip), own)).toBe(inRange(ip, own));
        }),
      );
    }
  });

  it('stay where they mean the same everywhere, and are others elsewhere', () => {
    for (const ip of [
      '0.0.0.0',
      '127.0.0.1',
      '127.0.0.6',
      '169.254.169.254',
      '255.255.255.255',
      '::',
      '::1',
      '::6',
      'fe80::1',
    ])
      expect(map.map(ip)).toBe(ip);
    const others = ['10.244.0.5', '192.168.1.1', '8.8.8.8', 'fd00::10', '2600:1f18::1'];
    expect(others.filter((ip) => map.map(ip) === ip)).toEqual([]);
    expect(new Set(others.map((ip) => map.map(ip))).size).toBe(others.length);
  });

  it('are written as addresses are', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (ip) => {
        expect(parseIp(map.map(ip))).not.toBeNull();
      }),
    );
  });
});
