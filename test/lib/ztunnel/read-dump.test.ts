import fc from 'fast-check';
import { InputError } from '../../../src/lib/errors';
import { readZtunnelDump, type Takers } from '../../../src/lib/ztunnel/read-dump';

async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(
  text: string,
  size = 1 << 16,
): Promise<{ readonly entries: Record<string, unknown[]>; forms: object }> {
  const entries: Record<string, unknown[]> = {};
  const take = (section: string) => (entry: unknown, token: () => number | string) => {
    (entries[section] ??= []).push([token(), entry]);
  };
  const takers: Takers = {
    workloads: take('workloads'),
    services: take('services'),
    workloadState: take('workloadState'),
  };
  const { forms } = await readZtunnelDump('dump.json', chunksOf(text, size), takers);
  return { entries, forms };
}

async function refusal(text: string): Promise<string> {
  const error: unknown = await read(text).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

test('sections are lists or maps, in the order of the dump, and names are told apart without regard to case', async () => {
  expect(await read('{"Workloads":[{"UID":"a"},null],"services":{"n/h":{"hostname":"h"}}}')).toEqual({
    entries: {
      workloads: [
        [0, { uid: 'a' }],
        [1, null],
      ],
      services: [['n/h', { hostname: 'h' }]],
    },
    forms: { workloads: 'list', services: 'map', policies: 'absent', certificates: 'absent', workloadState: 'absent' },
  });
});

test('a null is as if it were left out', async () => {
  const { entries } = await read('{"workloads":[{"waypoint":null,"locality":{"zone":null}}],"policies":null}');
  expect(entries['workloads']).toEqual([[0, { waypoint: undefined, locality: { zone: undefined } }]]);
});

test.each([
  [
    '{"workloads":[{},{"capacity":1.5}]}',
    '/workloads/1/capacity must be a whole number from 0 to 4294967295, and is 1.5',
  ],
  ['{"workloads":{"a/b":{"uid":5}}}', '/workloads/a~1b/uid must be a text, and is 5'],
  [
    '{"services":[{"endpoints":{"e":{"port":{"80":70000}}}}]}',
    '/services/0/endpoints/e/port/80 must be a whole number',
  ],
  ['{"services":[{"endpoints":{"e":{"port":{"x":1}}}}]}', '/services/0/endpoints/e/port/x must be under a number'],
  ['{"services":[{"cidrVips":["noslash"]}]}', '/services/0/cidrVips/0 must be network/prefix, and is "noslash"'],
  ['{"policies":[{"rules":[[{}]]}]}', '/policies/0/rules/0/0 must be a list, and is an object'],
  ['{"workloadState":[]}', '/workloadState must be an object, and is a list'],
  ['{"certificates":"x"}', '/certificates must be a list or an object, and is "x"'],
  ['{"workloads":[{"waypoint":"x"}]}', '/workloads/0/waypoint must be an object, and is "x"'],
  ['{"config":{"network":1}}', '/config/network must be a text, and is 1'],
])('%s is refused with its pointer', async (text, message) => {
  expect(await refusal(text)).toContain(message);
});

test.each([
  ['{}', 'an empty object'],
  ['null', 'it is null'],
  ['{"configs":[]}', 'an object of "configs"'],
  ['', 'it is empty'],
  ['hello', 'it is not JSON'],
  ['{"workloads":[', 'truncated'],
  ['{"workloads":[]} {}', 'at byte 17'],
  ['{"workloads":[{"uid":"a"},{"uid":tru}]}', 'not valid JSON'],
])('%s is not a dump of a ztunnel', async (text, message) => {
  expect(await refusal(text)).toContain(message);
});

test('what is read does not depend on the pieces that it comes in', async () => {
  const workload = fc.record({
    uid: fc.string(),
    name: fc.string({ unit: 'grapheme' }),
    workloadIps: fc.array(fc.ipV4()),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(workload), fc.integer({ min: 1, max: 64 }), async (workloads, size) => {
      const text = JSON.stringify({ workloads, services: [] }, null, 1);
      expect((await read(text, size)).entries['workloads'] ?? []).toEqual(
        workloads.map((one, index) => [index, { ...one }]),
      );
    }),
    { numRuns: 50 },
  );
});

test('a name of an object is no way into what all objects have', async () => {
  const { entries } = await read('{"workloads":[{"__proto__":{"uid":"x"},"uid":"y"}]}');
  expect((entries['workloads']?.[0] as [number, { uid: string }])[1].uid).toBe('y');
});
