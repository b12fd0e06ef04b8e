import { connectionView } from '../../../src/lib/view/ztunnel/connections';
import { serviceView } from '../../../src/lib/view/ztunnel/services';
import { workloadView } from '../../../src/lib/view/ztunnel/workloads';
import type { ZtunnelView } from '../../../src/lib/view/ztunnel/ztunnel-view';
import type { AppliedView } from '../../../src/lib/view/view';
import type { FilterValues } from '../../../src/lib/view/filter';
import { readZtunnelDump } from '../../../src/lib/ztunnel/read-dump';

const DUMP = {
  workloads: [
    { uid: 'u1', name: 'reviews', namespace: 'bookinfo', node: 'n1', workloadIps: ['10.0.0.1'], status: 'Healthy' },
    null,
    { uid: 'u2', name: 'details', namespace: 'bookinfo', node: 'n2', workloadIps: ['10.0.0.2'], status: 'Healthy' },
  ],
  services: [{ name: 'reviews', namespace: 'bookinfo', hostname: 'reviews.bookinfo', endpoints: {} }, null],
  policies: [],
  certificates: [],
  workloadState: {
    u1: {
      info: { name: 'reviews', namespace: 'bookinfo' },
      connections: { inbound: [{ src: '10.0.0.2:4000', actualDst: '10.0.0.1:80' }], outbound: [] },
    },
  },
};

async function applied(view: ZtunnelView, values: FilterValues, isTable = true): Promise<AppliedView> {
  const gathering = view.gather({ values, isTable, now: new Date(0) });
  async function* bytes(): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from(JSON.stringify(DUMP)));
  }
  return gathering.made(await readZtunnelDump('dump', bytes(), gathering.takers));
}

test('a filter that leaves nothing names the nearest values, addresses among them', async () => {
  const { whyEmpty, total, result } = await applied(workloadView, { address: '10.0.0.3' });
  expect({ total, count: result.count }).toEqual({ total: 2, count: 0 });
  expect(whyEmpty).toEqual([
    'No workloads left of 2. Filtered away by:',
    '  --address 10.0.0.3; nearest: 10.0.0.1, 10.0.0.2',
  ]);
});

test('entries that are null stand in JSON alone', async () => {
  const whole = await applied(workloadView, {}, false);
  expect(whole.result.json()).toHaveProperty('1', null);
  expect(whole.result.wide().rows.map(([, name]) => name)).toEqual(['details', 'reviews']);
  const services = await applied(serviceView, {}, false);
  expect(services.result.json()).toHaveProperty('0', null);
  expect((await applied(serviceView, {})).result.table.rows).toHaveLength(1);
});

test('a direction shows its connections in the tables, and both in JSON; a word that is none warns and hides nothing', async () => {
  const outbound = await applied(connectionView, { direction: 'outbound' });
  expect(outbound.result.table.rows).toEqual([]);
  expect(outbound.result.count).toBe(0);
  expect(outbound.result.json()).toHaveProperty('0.connections.inbound.length', 1);
  const neither = await applied(connectionView, { direction: 'Inbound' });
  expect(neither.result.table.rows).toHaveLength(1);
  expect(neither.warnings).toEqual(['Warning: --direction Inbound is none of inbound, outbound']);
});

test('a named pod beats the namespace that was asked for', async () => {
  const values = { 'workload-namespace': 'elsewhere' };
  const pod = { namespace: 'bookinfo', name: 'details' };
  const gathering = workloadView.gather({ values, isTable: true, pod, now: new Date(0) });
  async function* bytes(): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from(JSON.stringify(DUMP)));
  }
  const { result } = gathering.made(await readZtunnelDump('dump', bytes(), gathering.takers));
  expect(result.names()).toEqual(['workload/details.bookinfo']);
});

/** A file in memory that counts how often it is read after it was closed. */
class Rereadable {
  rereads = 0;
  #isClosed = false;

  constructor(private readonly bytes: Uint8Array) {}

  read(into: Uint8Array, offset: number): number {
    if (this.#isClosed) this.rereads++;
    const piece = this.bytes.subarray(offset, offset + into.length);
    into.set(piece);
    return piece.length;
  }

  close(): void {
    this.#isClosed = true;
  }
}

test('entries of a large file are read again when they are printed, and are what they are in a stream: other cases of names, fields that are null, texts of several sizes', async () => {
  const workloads = Array.from({ length: 3_000 }, (_one, index) =>
    index % 7 === 3
      ? null
      : {
          UID: `u${index}`,
          name: `w${index % 50}`,
          namespace: `n${index % 3}`,
          node: null,
          workloadIps: index % 5 === 0 ? null : [`10.0.${index >> 8}.${index & 255}`],
          hostname: 'é'.repeat(index % 400),
          ...(index === 1_500 ? { workloadName: 'x'.repeat(100_000), __proto__odd: 1 } : {}),
        },
  );
  const services = Object.fromEntries(
    Array.from({ length: 2_000 }, (_one, index) => [
      `ns/h${index}`,
      { name: `s${(index * 7) % 2_000}`, namespace: 'ns', hostname: `h${index}`, vips: [`n/10.1.0.${index & 255}`] },
    ]),
  );
  const bytes = Buffer.from(JSON.stringify({ workloads, services }));
  for (const view of [workloadView, serviceView]) {
    const file = new Rereadable(bytes);
    const ofFile = view.gather({ values: {}, isTable: false, now: new Date(0) });
    const fileResult = ofFile.made(await readZtunnelDump('dump', file, ofFile.takers)).result;
    async function* chunks(): AsyncIterable<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 5_000) yield await Promise.resolve(bytes.subarray(at, at + 5_000));
    }
    const ofStream = view.gather({ values: {}, isTable: false, now: new Date(0) });
    const streamResult = ofStream.made(await readZtunnelDump('dump', chunks(), ofStream.takers)).result;
    const items = [...(fileResult.jsonItems?.() ?? [])];
    // Services are few enough to be held in memory.
    expect(file.rereads > 0).toBe(view === workloadView);
    expect(items).toEqual([...(streamResult.jsonItems?.() ?? [])]);
    expect(fileResult.json()).toEqual(items);
    expect(fileResult.wide()).toEqual(streamResult.wide());
  }
});

test("a workload's JSON has no prototype of the dump's choosing", async () => {
  const gathering = workloadView.gather({ values: {}, isTable: false, now: new Date(0) });
  async function* bytes(): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from('{"workloads":[{"uid":"u","__proto__":{"polluted":true}}]}'));
  }
  const { result } = gathering.made(await readZtunnelDump('dump', bytes(), gathering.takers));
  const [item] = [...(result.jsonItems?.() ?? [])];
  expect(JSON.stringify(item)).toContain('"__proto__":{"polluted":true}');
  expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
});
