/** Plain tables of a ztunnel's dump that are made without parsing entries, against the same tables made of parsed ones. */
import fc from 'fast-check';
import { plainBlocks } from '../../../src/lib/render/table';
import { areQuiet } from '../../../src/lib/secrets/quiet';
import { cleanText, withoutSecrets } from '../../../src/lib/secrets/secret-text';
import { TextPool } from '../../../src/lib/view/text-pool';
import { byBytes } from '../../../src/lib/view/order';
import { connectionView } from '../../../src/lib/view/ztunnel/connections';
import { serviceView } from '../../../src/lib/view/ztunnel/services';
import { workloadView } from '../../../src/lib/view/ztunnel/workloads';
import type { ZtunnelView } from '../../../src/lib/view/ztunnel/ztunnel-view';
import { readZtunnelDump } from '../../../src/lib/ztunnel/read-dump';

async function* piecesOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

interface Printed {
  readonly text: string;
  readonly count: number;
  readonly whyEmpty: readonly string[];
}

async function parsed(view: ZtunnelView, dump: string): Promise<Printed> {
  const gathering = view.gather({ values: {}, isTable: true, now: new Date(0) });
  const outline = await readZtunnelDump('dump', piecesOf(dump, 1 << 16), gathering.takers, {});
  const { result, whyEmpty } = gathering.made(outline);
  return { text: Array.from(plainBlocks(result.table), withoutSecrets).join(''), count: result.count, whyEmpty };
}

async function plain(view: ZtunnelView, dump: string, size: number, isByPlaces: boolean): Promise<Printed> {
  const gathering = view.plain({ values: {} });
  if (gathering === null) throw new Error('the view has no plain table');
  const { takers, fields, places } = gathering;
  await readZtunnelDump('dump', piecesOf(dump, size), takers, fields, isByPlaces ? places : {});
  const { blocks, count, whyEmpty } = gathering.made();
  return { text: [...blocks].join(''), count, whyEmpty };
}

const IPS = ['10.0.0.1', '10.0.0.2', 'fd00::1', '', '10.0.0.30', 'a:b'];
const word = fc.constantFrom(
  ...[
    'shop',
    'web',
    'web-2',
    'web.2',
    'a',
    'a.b',
    'a-b',
    '',
    'auth',
    'set',
    'pin',
    'code',
    'net',
    'login',
    'MAC',
    '-u',
  ],
  ...['hunter2hunter2hunter2', 'na\u00efve', '\ud83d\ude00', 'tab\tbed', 'two\nlines', 'q"uote', 'Zz', 'x'.repeat(300)],
  ...['productpage-v1-6b746f74dc-9stvs', 'c2VjcmV0OnBhc3N3b3JkMTIz', 'eyJhbGciOiJIUzI1NiJ9', 'password:', 'token-1'],
);
const ip = fc.constantFrom(...IPS);
const uid = fc.constantFrom('u1', 'u2', 'u3', '', 'u1');
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { freq: 12 });
const listOf = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> => fc.array(maybe(of), { maxLength: 3 });
const gateway = fc.record(
  { destination: maybe(fc.constantFrom('shop/web.shop', 'net/10.0.0.1', '/10.0.0.2', 'nowhere', '')) },
  { requiredKeys: [] },
);
const workload = fc.record(
  {
    uid: maybe(uid),
    name: maybe(word),
    namespace: maybe(word),
    workloadIps: maybe(listOf(ip)),
    hostname: maybe(word),
    node: maybe(word),
    protocol: maybe(fc.constantFrom('HBONE', 'TCP')),
    waypoint: maybe(gateway),
    status: maybe(fc.constantFrom('Healthy', 'Unhealthy')),
    capacity: fc.nat(3),
    later: fc.constantFrom(1, 'new', [{ name: 'inner' }]),
  },
  { requiredKeys: [] },
);
const service = fc.record(
  {
    name: maybe(word),
    namespace: maybe(fc.constantFrom('shop', 'web', 'a.b')),
    hostname: maybe(fc.constantFrom('web.shop', 'web', '\u00fc')),
    vips: maybe(listOf(fc.constantFrom('net/10.0.0.1', '/10.0.0.2', '10.0.0.1', 'a/b/c', 'n/fd00::1'))),
    waypoint: maybe(gateway),
    endpoints: maybe(fc.dictionary(uid, maybe(fc.record({ workloadUid: maybe(uid) }, { requiredKeys: [] })))),
  },
  { requiredKeys: [] },
);
const address = fc.constantFrom(
  ...['10.0.0.1:80', '10.0.0.2:8080', '[fd00::1]:80', '10.0.0.30:', ':80', '10.0.0.1', 'a:b:1', '10.0.0.1:http', ''],
);
const connection = fc.record(
  { src: maybe(address), originalDst: maybe(address), actualDst: maybe(address), protocol: maybe(word) },
  { requiredKeys: [] },
);
const state = fc.record(
  {
    connections: maybe(
      fc.record({ inbound: maybe(listOf(connection)), outbound: maybe(listOf(connection)) }, { requiredKeys: [] }),
    ),
    info: maybe(fc.record({ name: maybe(word), namespace: maybe(word) }, { requiredKeys: [] })),
    state: fc.constant('Up'),
  },
  { requiredKeys: [] },
);
const sections = fc.record({
  workloads: fc.array(maybe(workload), { maxLength: 8 }),
  services: fc.array(maybe(service), { maxLength: 5 }),
  workloadState: fc.dictionary(word, maybe(state), { maxKeys: 5 }),
});
const dump = fc
  .tuple(sections, fc.shuffledSubarray(['workloads', 'services', 'workloadState'] as const, { minLength: 3 }))
  .chain(([all, order]) =>
    fc
      .constantFrom(0, 2)
      .map((space) => JSON.stringify(Object.fromEntries(order.map((name) => [name, all[name]])), null, space)),
  );

const VIEWS = [workloadView, serviceView, connectionView];

test.each(VIEWS)('a plain table made by places is the one that is made of parsed entries', async (view) => {
  await fc.assert(
    fc.asyncProperty(dump, fc.constantFrom(64, 1 << 16), fc.boolean(), async (json, size, isByPlaces) => {
      expect(await plain(view, json, size, isByPlaces)).toEqual(await parsed(view, json));
    }),
    { numRuns: Number(process.env['PLAIN_RUNS'] ?? 150) },
  );
});

test.each([
  '{"services":[{"name":"a","endpoints":{"u":{"workloadUid":"u1"},"u":{"workloadUid":"u2"}}}],"workloads":[{"uid":"u2","status":"Healthy"}]}',
  '{"services":[{"name":"a","endpoints":{"u":{}},"endpoints":{"v":{"workloadUid":"u2","workloadUid":"u1"}}}],"workloads":[{"uid":"u1","status":"Healthy"},{"uid":"u1"}]}',
  '{"services":[],"workloads":[{"name":"a","waypoint":{"destination":"x"},"waypoint":{}},{"name":"b","name":"c","workloadIps":["1"],"workloadIps":[]}]}',
  '{"workloadState":{"k":{"connections":{"inbound":[{"src":"a"}],"inbound":[{"src":"b"}]}},"k":{"info":{"name":"n"},"info":{},"connections":{"outbound":[null,{}]}}}}',
  '{"workloads":[],"services":null}',
  '{"workloads":{},"services":{},"workloadState":{}}',
])('%s', async (json) => {
  for (const view of VIEWS) expect(await plain(view, json, 1 << 16, true)).toEqual(await parsed(view, json));
});

test('an entry that has more to tell of than there is room for is parsed', async () => {
  const endpoints = Array.from({ length: 20_000 }, (_one, at) => `"${at}":{}`).join(',');
  const json = `{"services":[{"name":"a","endpoints":{${endpoints}}},{"name":"b"}]}`;
  const { text } = await plain(serviceView, json, 1 << 16, true);
  expect(text).toContain('0/20000');
  expect(text).toBe((await parsed(serviceView, json)).text);
});

test('words that are quiet are quiet wherever they stand', () => {
  const piece = fc.oneof(word, fc.string({ maxLength: 30 }), fc.constantFrom(...secretWords()));
  const pieces = fc.array(
    fc.oneof(
      piece,
      fc.array(piece, { maxLength: 3 }).map((all) => all.join('-')),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, fc.boolean(), fc.constantFrom(' ', '     ', '\n'), (all, hasPorts, between) => {
      const quiet = all.filter((one) => areQuiet(one, hasPorts));
      const line = quiet.join(between);
      expect(cleanText(line)).toBe(line);
    }),
    { numRuns: Number(process.env['QUIET_RUNS'] ?? 2_000) },
  );
});

/** Words of the expressions that look for secrets. */
function secretWords(): readonly string[] {
  return [
    ...[
      'pass',
      'pwd',
      'secret',
      'tok',
      'key',
      'auth',
      'pin',
      'code',
      'sig',
      'conn',
      'master',
      'seed',
      'login',
      'account',
    ],
    ...['Bearer', 'Basic', 'Digest', 'Hawk', 'Negotiate', 'NTLM', 'SSWS', 'DPoP', 'env', 'set', 'setenv', 'arg', 'MAC'],
    ...[
      'curl',
      'mysql',
      'redis-cli',
      'openssl',
      'enc',
      'net',
      'use',
      'echo',
      'kubectl',
      'create',
      'htpasswd',
      '-p',
      '-b',
    ],
    ...[
      'PRIVATE',
      'PRIVATE-',
      'KEY',
      'OpenVPN',
      'Static',
      'identified',
      'by',
      'hunter2hunter2',
      ':80',
      'x:80',
      ':',
      ',',
    ],
    ...[
      'A'.repeat(45),
      'c2VjcmV0PWh1bnRlcjI',
      'ghp_0123456789abcdef0123',
      'abcdef.0123456789abcdef',
      'sqlplus',
      'scott/tiger',
    ],
  ];
}

test('texts of a pool compare as their bytes, and are found again', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string(), fc.string({ unit: 'grapheme' })), { maxLength: 40 }), (texts) => {
      const pool = new TextPool();
      const numbers = texts.map((text) => pool.numberOfText(text));
      expect(numbers.map((number) => pool.text(number))).toEqual(texts);
      expect(pool.count).toBe(new Set(texts).size);
      const [first = 0, ...others] = numbers;
      for (const other of others) {
        expect(Math.sign(pool.compare(first, other))).toBe(Math.sign(byBytes(pool.text(first), pool.text(other))));
      }
    }),
  );
});
