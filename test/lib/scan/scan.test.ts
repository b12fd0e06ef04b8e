import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { FieldMask } from '../../../src/lib/scan/field-mask';
import type { SeekableFile } from '../../../src/lib/seekable-file';
import type { EntryHints, RawDump, RawEntry, RawList } from '../../../src/lib/scan/raw-dump';
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

function values(entries: RawList): readonly unknown[] {
  return Array.from(entries, (entry) => entry.json());
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
  const documentOf = (list: readonly unknown[], space = 0): string =>
    JSON.stringify(
      { configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump', dynamic_listeners: list }] },
      null,
      space,
    );

  /** A document that can be read again, by pieces of a size. */
  function seekable(text: string, size: number): SeekableFile {
    const bytes = Buffer.from(text);
    return {
      read: (into, offset) => {
        const piece = bytes.subarray(offset, offset + Math.min(size, into.length));
        into.set(piece);
        return piece.length;
      },
      close: () => undefined,
    };
  }

  async function entriesOf(
    input: SeekableFile | AsyncIterable<Uint8Array>,
    only: EntryHints,
  ): Promise<readonly RawEntry[]> {
    const dump = await scanDump('a test', input, { ...REQUEST, only });
    return dump.kind === 'config_dump'
      ? dump.sections.flatMap((section) => Object.values(section.lists).flatMap((list) => [...list]))
      : [];
  }

  const LEAF: FieldMask = { name: true, first_value: { name: true } };
  const FIELDS: FieldMask = {
    name: true,
    error_state: true,
    first_value: LEAF,
    second_value: { first_value: LEAF, name: true, 'y"z': true },
  };

  /** What is wanted of a value, as JSON.parse and the mask say: of lists, objects and lists are left. */
  function reducedTo(mask: FieldMask | true, value: unknown): unknown {
    if (mask === true || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      return value.filter((one) => typeof one === 'object' && one !== null).map((one) => reducedTo(mask, one));
    }
    const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) => {
        const wanted = mask[snake(name)];
        return wanted === undefined ? [] : [[name, reducedTo(wanted, inner)]];
      }),
    );
  }

  const plain = ['name', 'first_value', 'firstValue', 'second_value', 'secondValue', 'error_state', 'value', 'xname'];
  const tricky = ['y"z', '"name', 'a"name', 'x\\', 'n\u00e9name', 'n', ''];
  const name = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...plain) },
    { weight: 1, arbitrary: fc.constantFrom(...tricky) },
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(1, -1.5e3, true, null, '"name":{', 'x\\', '', 'name', '},"name":1', 'a/b'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(name, tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const list = fc.array(fc.oneof(fc.dictionary(name, tree, { maxKeys: 5 }), tree));

  /** JSON as it is rarely written: blanks in front of colons, characters as escapes. */
  function oddly(text: string, style: number): string {
    if (style === 0) return text;
    if (style === 1) return text.replaceAll('":', '" :');
    return text.replaceAll('na', 'n\\u0061').replaceAll('/', '\\/');
  }

  it('leave of an entry what is wanted, however the document comes', async () => {
    let reduced = 0;
    await fc.assert(
      fc.asyncProperty(
        ...([list, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 2 })] as const),
        fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 })),
        async (values, size, space, style) => {
          const text = oddly(documentOf(values, space), style);
          const { configs } = JSON.parse(text) as { readonly configs: readonly [{ readonly dynamic_listeners: [] }] };
          const expected = configs[0].dynamic_listeners.map((value) => reducedTo(FIELDS, value));
          for (const input of [chunksOf(Buffer.from(text), size), seekable(text, size)]) {
            const entries = await entriesOf(input, { fields: FIELDS });
            const found = entries.map((entry) => entry.json());
            // What is taken whole has more.
            expect(found.map((value) => reducedTo(FIELDS, value))).toEqual(expected);
            if (style === 0 && isDeepStrictEqual(found, expected)) reduced++;
          }
        },
      ),
      { numRuns: 5_000 },
    );
    expect(reduced).toBeGreaterThan(4_000);
  }, 120_000);

  it('leave out what is not wanted', async () => {
    const values = [
      {
        name: 'a',
        other: { b: [1] },
        first_value: { x: 1, name: 'b' },
        second_value: [{ x: 2, first_value: [{}, 3] }],
      },
      { other: 1, second_value: { firstValue: { name: { whole: [1, { x: 'y' }] } }, more: [] } },
      { first_value: null, second_value: 5, error_state: { details: 'no "name": {' } },
      {},
    ];
    for (const space of [0, 1]) {
      const text = documentOf(values, space);
      for (let size = 1; size < text.length; size++) {
        const entries = await entriesOf(seekable(text, size), { fields: FIELDS });
        expect(entries.map((entry) => entry.json())).toEqual([
          { name: 'a', first_value: { name: 'b' }, second_value: [{ first_value: [{}] }] },
          { second_value: { firstValue: { name: { whole: [1, { x: 'y' }] } } } },
          { first_value: null, second_value: 5, error_state: { details: 'no "name": {' } },
          {},
        ]);
      }
    }
  });

  it('keep entries of any size, and many of them', async () => {
    const values = Array.from({ length: 3000 }, (_, n) => ({
      ...{ name: `n${n}`, other: 'y'.repeat(n % 700), list: [n], first_value: { name: 'z'.repeat(n % 90) } },
      ...(n % 1000 === 999 ? { second_value: { name: 'é'.repeat(300_000) } } : {}),
    }));
    const text = documentOf(values);
    for (const input of [chunksOf(Buffer.from(text), 1 << 16), seekable(text, 1 << 20)]) {
      const entries = await entriesOf(input, { fields: FIELDS });
      expect(entries.map((entry) => entry.json())).toEqual(values.map((value) => reducedTo(FIELDS, value)));
      expect(entries[2999]?.pointer).toBe('/configs/0/dynamic_listeners/2999');
      expect(entries[17]?.size).toBe(JSON.stringify(values[17]).length);
      // In any order.
      expect(entries[2999]?.json()).toEqual(reducedTo(FIELDS, values[2999]));
      expect(entries[3]?.json()).toEqual(reducedTo(FIELDS, values[3]));
    }
  });

  it('read large entries that are kept whole again where the document can be', async () => {
    const padding = { name: 'x'.repeat(2 << 20) };
    const values = [padding, { n: 1 }, { name: 'a', n: 2 }, 3];
    let closed = 0;
    const document = { ...seekable(documentOf(values), 1 << 16), close: () => closed++ };
    const whole = await entriesOf(document, { fields: FIELDS, keepAs: 'whole' });
    expect(closed).toBe(1);
    expect(whole.map((entry) => entry.json())).toEqual(values);
    const reduced = await entriesOf(document, { fields: FIELDS });
    expect(reduced.map((entry) => entry.json())).toEqual([padding, {}, { name: 'a' }, 3]);
  });

  it('keep a brief beside the whole', async () => {
    const values = [
      { name: 'a', n: [1] },
      { x: 'y'.repeat(2 << 20) },
      3,
      { name: 'b', first_value: { name: 1, n: 2 } },
    ];
    const text = documentOf(values);
    for (const input of [chunksOf(Buffer.from(text), 1 << 16), seekable(text, 1 << 16)]) {
      const entries = await entriesOf(input, { fields: FIELDS, keepAs: 'whole with brief' });
      expect(entries.map((entry) => entry.brief())).toEqual([
        { name: 'a' },
        {},
        3,
        { name: 'b', first_value: { name: 1 } },
      ]);
      expect(entries.map((entry) => entry.json())).toEqual(values);
      expect(entries.map((entry) => entry.hasBrief)).toEqual([true, true, false, true]);
    }
    const [first] = await entriesOf(seekable(text, 1 << 16), { fields: FIELDS, keepAs: 'whole' });
    expect([first?.hasBrief, first?.brief()]).toEqual([false, values[0]]);
  });

  it('say where an entry is broken in the whole document', async () => {
    for (const [broken, at] of [
      ['{"other":{"a":1},"name":01}', 25],
      ['{"name":"a","other":[5],"first_value":{"x":1,"name":[1,2 3]}}', 57],
      ['{"name":"\\x"}', 9],
      ['{"name":tru}', 8],
      ['{"name":}', 8],
    ] as const) {
      const text = documentOf([{ name: 'first' }, 'HERE', { name: 'last' }]).replace('"HERE"', () => broken);
      const offset = text.indexOf(broken) + at;
      const message = `byte ${offset} cannot stand there`;
      await expect(entriesOf(chunksOf(Buffer.from(text), 1 << 16), { fields: FIELDS })).rejects.toThrow(message);
      const [first, middle, last] = await entriesOf(seekable(text, 1 << 16), { fields: FIELDS });
      expect(() => middle?.json()).toThrow(message);
      expect([first?.json(), last?.json()]).toEqual([{ name: 'first' }, { name: 'last' }]);
    }
  });

  it('keep entries with the text in a wanted field, and those in a state that is never hidden', async () => {
    const values = [
      { name: 'a', first_value: { name: 9080 } },
      { name: 'b', other: 9080, first_value: { name: 80 } },
      { name: 'c', error_state: {} },
      { name: 'd', other: [{ error_state: { n: 1 } }] },
      { name: 'e', second_value: { name: ['x9080x'] } },
    ];
    const only = { fields: FIELDS, sought: { text: '9080', as: 'part' as const }, keep: ['error_state', 'errorState'] };
    for (let size = 1; size < 200; size++) {
      const reduced = await entriesOf(chunksOf(Buffer.from(documentOf(values)), size), only);
      expect([size, ...reduced.map((entry) => entry.json())]).toEqual([
        ...[size, { name: 'a', first_value: { name: 9080 } }, { name: 'c', error_state: {} }],
        { name: 'e', second_value: { name: ['x9080x'] } },
      ]);
      const whole = await entriesOf(seekable(documentOf(values), size), { ...only, keepAs: 'whole' });
      expect(whole.map((entry) => entry.json())).toEqual([values[0], values[2], values[4]]);
    }
  });

  it('never lose an entry that holds the text', async () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'b', '"', '\\', '/', 'é', '\u0001'),
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        ...([fc.array(word), word, fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 2 })] as const),
        fc.constantFrom('string' as const, 'part' as const),
        async (words, text, size, style, as) => {
          const document = oddly(documentOf(words.map((one) => ({ name: one }))), style);
          const entries = await entriesOf(chunksOf(Buffer.from(document), size), {
            fields: FIELDS,
            sought: { text, as },
          });
          const found = entries.map((entry) => (entry.json() as { readonly name: string }).name);
          const holds = (one: string): boolean => (as === 'string' ? one === text : one.includes(text));
          expect(found.filter(holds)).toEqual(words.filter(holds));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('take an entry whole of which another field holds a keepWholeIfContains text', async () => {
    const values = [
      { name: 'BlackHole', x: 1 },
      { name: 'a', x: { deep: ['aBlackHole'] } },
      { name: 'BlackHole BlackHole', x: 'BlackHole' },
      { name: 'b', x: 'BlackHol', y: 'e' },
      { name: 'c', BlackHole: 1 },
    ];
    for (let size = 1; size < 300; size++) {
      for (const input of [seekable(documentOf(values), size), chunksOf(Buffer.from(documentOf(values)), size)]) {
        const entries = await entriesOf(input, { fields: FIELDS, keepWholeIfContains: 'BlackHole' });
        const found = entries.map((entry) => entry.json());
        expect([size, ...found]).toEqual([size, { name: 'BlackHole' }, values[1], values[2], { name: 'b' }, values[4]]);
      }
    }
    const escaped = documentOf([{ name: 'a', x: 'BlackHole' }]).replace('Black', 'Blac\\u006b');
    const [entry] = await entriesOf(chunksOf(Buffer.from(escaped), 99), {
      fields: FIELDS,
      keepWholeIfContains: 'BlackHole',
    });
    expect(entry?.json()).toEqual({ name: 'a', x: 'BlackHole' });
  });
});
