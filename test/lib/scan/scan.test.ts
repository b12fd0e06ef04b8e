import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { RawDump, RawEntry } from '../../../src/lib/scan/raw-dump';
import { scanDump } from '../../../src/lib/scan/scan';
import { PlainSkipper, type Skipper } from '../../../src/lib/scan/skipper';
import { wasmSkipper } from '../../../src/lib/scan/wasm-skipper';
import { corpusFiles } from '../../helpers/corpora';
import { chunksOf } from '../../helpers/pieces';

const SECTIONS = ['Bootstrap', 'Clusters', 'Listeners', 'Routes', 'ScopedRoutes', 'Secrets', 'Endpoints', 'Ecds'];
const REQUEST = { sections: SECTIONS.map((name) => `${name}ConfigDump`) };

interface Section {
  readonly '@type'?: string;
  readonly [field: string]: unknown;
}

function values(entries: readonly RawEntry[]): readonly unknown[] {
  return entries.map((entry) => entry.json());
}

/** The document again from what the scanner made of it. */
function rebuilt(dump: RawDump): unknown {
  if (dump.kind === 'clusters') return { cluster_statuses: values(dump.clusterStatuses) };
  const sections = dump.sections.map((section) => ({
    ...section.fields,
    '@type': section.type,
    ...Object.fromEntries(Object.entries(section.lists).map(([name, entries]) => [name, values(entries)])),
  }));
  return { configs: sections };
}

async function scanned(text: string | Uint8Array, size: number, skipper?: Skipper): Promise<unknown> {
  return rebuilt(await scanDump('a test', chunksOf(Buffer.from(text), size), REQUEST, skipper));
}

async function failure(text: string | Uint8Array, size: number, skipper: Skipper): Promise<string | null> {
  try {
    await scanned(text, size, skipper);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function skippers(): readonly Skipper[] {
  const fast = wasmSkipper();
  return fast === null ? [new PlainSkipper()] : [new PlainSkipper(), fast];
}

describe('scanDump', () => {
  it('reads every configuration of the corpora as JSON.parse does', async () => {
    let count = 0;
    for (const [path, text] of Object.entries(corpusFiles())) {
      if (!/\.(?:config_dump|clusters)\.json$/.test(path) || path.startsWith('quirks/')) continue;
      const whole = JSON.parse(text) as { configs?: readonly Section[] };
      for (const skipper of skippers()) expect(await scanned(text, 65_536, skipper)).toEqual(whole);
      count += 1;
    }
    expect(count).toBeGreaterThan(30);
  }, 60_000);

  it('says the same of odd documents with either skipper', async () => {
    for (const [path, text] of Object.entries(corpusFiles())) {
      if (!path.startsWith('quirks/') || path.endsWith('.jsonl')) continue;
      const [plain, ...others] = await Promise.all(skippers().map((skipper) => failure(text, 1000, skipper)));
      for (const other of others) expect(other).toBe(plain);
    }
  }, 60_000);

  it('refuses every prefix of a dump, with the offset of its end', async () => {
    const text = JSON.stringify({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
          dynamic_listeners: [{ name: 'a\\"b}', active_state: { listener: { name: 'é', n: [1.5e3, true, null] } } }],
        },
      ],
    });
    const bytes = Buffer.from(text);
    for (const skipper of skippers()) {
      for (let end = 1; end < bytes.length; end += 1) {
        const message = await failure(bytes.subarray(0, end), 7, skipper);
        expect(message).toMatch(new RegExp(`byte ${end}\\b|not an Envoy`));
      }
      expect(await scanned(bytes, 7, skipper)).toEqual(JSON.parse(text));
    }
  });

  it('reads fuzzed documents as JSON.parse does, however they are cut', async () => {
    const value = fc.jsonValue({ depthSize: 'small' });
    const list = fc.array(fc.dictionary(fc.string(), value, { maxKeys: 3 }), { maxLength: 3 });
    const section = fc.record({ list, more: fc.string(), depth: value }).map(({ list, more, depth }) => ({
      '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
      dynamic_listeners: list,
      version_info: more,
      other: { depth },
    }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(section, { maxLength: 3 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 2 }),
        async (configs, size, space) => {
          const text = JSON.stringify({ configs }, null, space);
          for (const skipper of skippers()) {
            // Not `toEqual`, which would take most of the time of so many runs.
            expect(isDeepStrictEqual(await scanned(text, size, skipper), JSON.parse(text))).toBe(true);
          }
        },
      ),
      { numRuns: 10_000 },
    );
  }, 60_000);
});

describe('hints', () => {
  const CUT = ['metadata', 'http_filters', 'listener_filters'];

  /** A value with the content of containers under cut names gone. */
  function emptied(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(emptied);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        if (!CUT.includes(name) || typeof inner !== 'object' || inner === null) return [name, emptied(inner)];
        return [name, Array.isArray(inner) ? [] : {}];
      }),
    );
  }

  async function entriesOf(text: string, size: number, hints: object): Promise<readonly RawEntry[]> {
    const dump = await scanDump('a test', chunksOf(Buffer.from(text), size), { ...REQUEST, ...hints });
    return dump.kind === 'config_dump' ? dump.sections.flatMap((section) => Object.values(section.lists).flat()) : [];
  }

  const documentOf = (list: readonly unknown[], space: number): string =>
    JSON.stringify(
      { configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump', dynamic_listeners: list }] },
      null,
      space,
    );

  const name = fc.constantFrom(...CUT, 'xhttp_filters', 'filters', 'a"metadata', 'error_state', 'n', 'é_filters');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(1, null, '"metadata":{', 'x\\', ''),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
    ),
  }));

  it('leave what is not cut as it is, however the document comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(name, tree)),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 1 }),
        async (list, size, space) => {
          const entries = await entriesOf(documentOf(list, space), size, { cut: CUT });
          expect(entries.map((entry) => emptied(entry.json()))).toEqual(list.map(emptied));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('empty the containers under cut names', async () => {
    const list = [{ name: 'a', metadata: { b: [1] }, filters: [{ http_filters: [{}, 2], xhttp_filters: [3] }] }];
    for (const space of [0, 1]) {
      const [entry] = await entriesOf(documentOf(list, space), 1 << 16, { cut: CUT });
      expect(entry?.json()).toEqual({ name: 'a', metadata: {}, filters: [{ http_filters: [], xhttp_filters: [3] }] });
    }
  });

  it('hold for each entry on its own, where a large document is read again', async () => {
    const padding = 'x'.repeat(2 << 20);
    const list = [padding, { n: 1 }, { metadata: { a: [1] }, n: 2 }, { n: 3 }, { http_filters: [4], n: 4 }];
    const text = documentOf(list, 0);
    const readAgain = (offset: number, size: number): Buffer => Buffer.from(text).subarray(offset, offset + size);
    const entries = await entriesOf(text, 1 << 16, { cut: CUT, readAgain });
    expect(entries.map((entry) => entry.json())).toEqual(list.map(emptied));
  });

  it('say where an entry is broken in the whole document, in front of a cut and behind it', async () => {
    for (const [broken, at] of [
      ['{"n":01,"metadata":{"a":1}}', '1'],
      ['{"metadata":{"a":[1,2,3]},"http_filters":[5],"n":01}', '1}'],
    ] as const) {
      const text = documentOf(['HERE'], 0).replace('"HERE"', broken);
      const [entry] = await entriesOf(text, 1 << 16, { cut: CUT });
      const offset = text.indexOf('01') + 1;
      expect(text.slice(offset)).toMatch(at);
      expect(() => entry?.json()).toThrow(`byte ${offset}`);
    }
  });

  it('keep entries with the text, and those in a state that is never hidden', async () => {
    const list = [
      { name: 'a', port: 9080 },
      { name: 'b', port: 80 },
      { name: 'c', error_state: {} },
      { name: 'd', deep: [{ warming_state: { n: 1 } }] },
    ];
    const hints = { text: '9080', keep: ['error_state', 'warming_state'] };
    for (let size = 1; size < 200; size++) {
      const entries = await entriesOf(documentOf(list, 0), size, hints);
      const names = entries.map((entry) => (entry.json() as { name: string }).name);
      expect([size, ...names]).toEqual([size, 'a', 'c', 'd']);
    }
  });
});
