/** Entries whose text alone tells that they are as they should be, against the same entries parsed and checked. */
import fc from 'fast-check';
import type * as ReadDump from '../../../src/lib/ztunnel/read-dump';
import type { FieldMask } from '../../../src/lib/scan/field-mask';

/** Reads with the module, and as on a machine that cannot run it. */
const READERS = [true, false].map((hasModule) => {
  let read: typeof ReadDump.readZtunnelDump | undefined;
  jest.isolateModules(() => {
    if (!hasModule) jest.doMock('../../../src/lib/scan/wasm-skipper', () => ({ wasmSkipper: () => null }));
    ({ readZtunnelDump: read } = jest.requireActual<typeof ReadDump>('../../../src/lib/ztunnel/read-dump'));
    jest.dontMock('../../../src/lib/scan/wasm-skipper');
  });
  if (read === undefined) throw new Error('the module was not loaded');
  return read;
});

const FIELDS = {
  workloads: { name: true, workloadIps: true, waypoint: { destination: true }, capacity: true, locality: true },
  services: { hostname: true, endpoints: { workloadUid: true }, weightedWaypoints: { destination: true }, ports: true },
  policies: { name: true, rules: true },
  workloadState: { info: { name: true }, connections: { inbound: { src: true } } },
} as const satisfies Record<string, FieldMask>;

type Fields = Record<string, FieldMask>;

/** What a mask leaves of a value: of messages, and of those in lists and maps. */
function left(value: unknown, mask: FieldMask | true, isMap: boolean): unknown {
  if (mask === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => left(one, mask, false));
  const fields = Object.entries(value);
  if (isMap) return Object.fromEntries(fields.map(([key, one]) => [key, left(one, mask, false)]));
  return Object.fromEntries(
    fields.flatMap(([key, one]) => {
      const inner = Object.hasOwn(mask, key) ? mask[key] : undefined;
      return inner === undefined ? [] : [[key, left(one, inner, key === 'endpoints')]];
    }),
  );
}

async function* piecesOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** What is read, entry by entry, with the text that is kept of each; or what is said instead. */
async function outcome(reader: number, text: string, size: number, fields: Fields | null): Promise<unknown> {
  const taken: unknown[] = [];
  const kept: { read: () => unknown }[] = [];
  const take =
    (section: string) =>
    (entry: unknown, token: () => number | string, keep: () => { read: () => unknown }): void => {
      const mask = fields?.[section];
      const shown = mask === undefined ? entry : left(entry, mask, false);
      taken.push([section, token(), JSON.stringify(shown)]);
      kept.push(keep());
    };
  const takers = Object.fromEntries(Object.keys(FIELDS).map((section) => [section, take(section)]));
  const read = READERS[reader];
  if (read === undefined) throw new Error('no such reader');
  try {
    const { forms } = await read('dump.json', piecesOf(text, size), takers, fields ?? {});
    return { taken, forms, kept: kept.map((one) => JSON.stringify(one.read())) };
  } catch (error) {
    return String(error);
  }
}

const NAMES = [
  ...[
    'uid',
    'name',
    'namespace',
    'workloadIps',
    'protocol',
    'waypoint',
    'nativeTunnel',
    'capacity',
    'locality',
    'status',
  ],
  ...['hostname', 'endpoints', 'vips', 'ports', 'cidrVips', 'weightedWaypoints', 'loadBalancer', 'canonical', 'rules'],
  ...['state', 'connections', 'info', 'Name', 'UID', 'workloadips', 'unknown', 'na', '', 'n\u00e4me', '__proto__'],
];
const text = fc.oneof(
  fc.constantFrom(
    'HBONE',
    'a/b',
    '',
    '80',
    'q"uote',
    'back\\slash',
    'uml\u00e4ut',
    '\u0001',
    'x'.repeat(40),
    '\ud83d\ude00',
  ),
  fc.string(),
);
const number = fc.constantFrom(0, 1, 80, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 1.5, -1, 1e21, 1e-7);
const list = (of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.array(of, { maxLength: 3 });
const gateway = fc.record({ destination: text, hboneMtlsPort: fc.option(fc.constant(15_008)) }, { requiredKeys: [] });
/** Of each field a value of its type, most of the time. */
const FITTING: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  workloadIps: list(fc.option(text)),
  vips: list(text),
  waypoint: gateway,
  nativeTunnel: fc.boolean(),
  canonical: fc.boolean(),
  capacity: fc.nat(5),
  locality: fc.record({ region: text, zone: fc.option(text) }, { requiredKeys: [] }),
  endpoints: fc.dictionary(
    text,
    fc.option(fc.record({ workloadUid: text, port: fc.constant({ 80: 8080, 443: 0 }) }, { requiredKeys: [] })),
    { maxKeys: 3 },
  ),
  ports: fc.constant({ 80: 8080 }),
  cidrVips: list(fc.oneof(fc.constant('n/10.0.0.0/8'), fc.constant({ network: 'n', cidr: '10.0.0.0/8' }))),
  weightedWaypoints: list(fc.record({ destination: gateway, weight: fc.nat(5) }, { requiredKeys: [] })),
  loadBalancer: fc.record({ mode: text, routingPreferences: list(text) }, { requiredKeys: [] }),
  rules: fc.constant([[[{ namespaces: [{ Exact: 'n' }, { Presence: [] }], destinationPorts: [80] }, null]], null]),
  connections: fc.record({ inbound: list(fc.record({ src: text })), outbound: list(fc.constant(null)) }),
  info: fc.record({ name: text, namespace: fc.option(text) }, { requiredKeys: [] }),
};
const anything = fc.oneof(text, number, fc.boolean(), fc.constant(null), list(text), fc.dictionary(text, number));
const member = fc.constantFrom(...NAMES).chain((name) => {
  const other = NAMES.indexOf(name) >= NAMES.indexOf('unknown') ? anything : text;
  const fitting = (Object.hasOwn(FITTING, name) ? FITTING[name] : undefined) ?? other;
  return fc
    .oneof({ weight: 30, arbitrary: fitting }, { weight: 1, arbitrary: fc.constant(null) })
    .map((value) => [name, value] as const);
});
const entry = fc.array(member, { maxLength: 6 }).map((members) => new Map(members));

/** An object with its members in this order, a number as a name among them, and `__proto__` as one of its own. */
function jsonOf(members: ReadonlyMap<string, unknown>, space: string): string {
  const fields = [...members].map(([name, value]) => `${JSON.stringify(name)}:${space}${JSON.stringify(value)}`);
  return `{${space}${fields.join(`,${space}`)}${space}}`;
}

const section = (space: string, most: number): fc.Arbitrary<string> =>
  fc.tuple(fc.array(entry, { maxLength: most }), fc.boolean()).map(([entries, isMap]) => {
    const texts = entries.map((one, index) => {
      const json = jsonOf(one, space);
      return isMap ? `${space}"k/${index}"${space}:${space}${json}` : `${space}${json}`;
    });
    return isMap ? `{${texts.join(`${space},`)}${space}}` : `[${texts.join(`${space},`)}${space}]`;
  });

/** A dump with so many entries in each section at most. */
const dump = (most: number): fc.Arbitrary<string> =>
  fc.constantFrom('', ' ', '\n  ', '\t\r\n').chain((space) =>
    fc
      .tuple(section(space, most), section(space, most), section(space, most), fc.array(entry, { maxLength: most }))
      .map(([workloads, services, policies, states]) => {
        const state = states.map((one, index) => `"id-${index}":${jsonOf(one, space)}`).join(`,${space}`);
        return `{"policies":${policies},"services":${services},${space}"workloadState":{${state}},"Workloads":${workloads}}`;
      }),
  );

const size = fc.constantFrom(1, 7, 64, 1 << 16);

test('what fits by its text is what fits when it is parsed, with the fields that are read', async () => {
  await fc.assert(
    fc.asyncProperty(dump(6), size, fc.boolean(), async (json, pieces, hasFields) => {
      const fields = hasFields ? FIELDS : null;
      const [quick, slow] = [0, 1].map(async (reader) => await outcome(reader, json, pieces, fields));
      expect(await quick).toEqual(await slow);
    }),
    { numRuns: 200 },
  );
});

// Of two faults, one in JSON itself, the first is told where an entry between them fits, and else the one in JSON.
test('one wrong value or byte is told in the same words', async () => {
  const broken = fc.tuple(
    dump(1),
    fc.nat(),
    fc.constantFrom('', '1', '"', '{', '}', ',', 'null', '1e5', '\u0000', '\\', ':'),
  );
  await fc.assert(
    fc.asyncProperty(broken, size, async ([json, place, put], pieces) => {
      const at = place % json.length;
      const changed = json.slice(0, at) + put + json.slice(at + 1);
      const [quick, slow] = [0, 1].map(async (reader) => await outcome(reader, changed, pieces, FIELDS));
      expect(await quick).toEqual(await slow);
    }),
    { numRuns: 300 },
  );
});

test.each([
  '{"workloads":[{"name":"a","name":"b"},{"name":"a","Name":"b"},{"name":null,"name":"c"},{"name":"c","name":null}]}',
  '{"workloads":[{"capacity":007},{}]}',
  '{"workloads":[{"capacity":-0},{}]}',
  '{"workloads":[{"capacity":4294967295},{"capacity":4294967296}]}',
  '{"workloads":[{"name":"a"}{"name":"b"}]}',
  '{"workloads":[{"name":"a"},]}',
  '{"workloads":[{"name":"a",}]}',
  '{"workloads":[{"x":[1,2,],"name":"a"}]}',
  '{"workloads":[{"x":{"y":tru}}]}',
  '{"workloads":[{"x":nul}]}',
  '{"workloads":[{"name":"a"}',
  '{"workloads":[{"name":"a"},',
  '{"workloads":[{"name":"a"',
  `{"workloads":[{"x":${'['.repeat(600)}${']'.repeat(600)}}]}`,
  `{"workloads":[{"x":${'['.repeat(100)}${']'.repeat(100)},"name":"a"}]}`,
  '{"services":[{"endpoints":{"a":{"port":{"0080":1,"65535":2}}}},{"endpoints":{"a":{"port":{"65536":1}}}}]}',
  '{"services":[{"endpoints":{"a":{"port":{"":1}}}}]}',
  '{"services":[{"cidrVips":["a/b",null]},{"cidrVips":["ab"]}]}',
  '{"workloadState":{"a":{"info":{"name":"x"}},"b":null,"a":{"info":null}}}',
])('%s', async (json) => {
  for (const fields of [FIELDS, null]) {
    for (const pieces of [3, 1 << 16])
      expect(await outcome(0, json, pieces, fields)).toEqual(await outcome(1, json, pieces, fields));
  }
});
