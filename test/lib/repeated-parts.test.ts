/** What is parsed and worked out once for all the places in which it stands is what each place would have. */
import fc from 'fast-check';
import { toJsonNames, toProtoNames } from '../../src/lib/envoy/field-names';
import { parseExactly } from '../../src/lib/exact-number';
import { printedJson } from '../../src/lib/render/printed-json';
import { renderJson } from '../../src/lib/render/structured';
import { RepeatedParts, rememberedPart } from '../../src/lib/repeated-parts';
import { redacted } from '../../src/lib/secrets/redact';

/** Names that decide how what is beside and below them is read, and texts that look like the beginning of a part. */
const NAMES = [
  ...['typed_config', 'filters', 'name', 'value', 'metadata', 'filter_metadata', 'typed_per_filter_config', 'password'],
  ...['token', '@type', 'key', 'credentials', 'headers', '__proto__', 'a:', '\\', 'a"', 'match', 'cookie', 'dPassword'],
];
const TEXTS = [
  ...[
    'authorization',
    'x-env',
    'Bearer abcdefgh12345678',
    'a":{"b":[',
    '":[{',
    'type.googleapis.com/a.Struct',
    '',
    '\\":{',
  ],
  ...['type.googleapis.com/a.TypedStruct', 'two words', '##[error]', '<&>', '\u2028', 'part0:0'],
];
const name = fc.constantFrom(...NAMES);
const leaf = fc.oneof(fc.constantFrom<unknown>(...TEXTS, 0, 1.5, true, null, [], {}), fc.string({ maxLength: 20 }));

/** A value of which parts are drawn from a small pool again and again, as in a mesh. */
const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, leaf, tie('object'), fc.array(tie('value'), { maxLength: 4 })),
  object: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
}));
const documents = fc
  .array(value, { minLength: 1, maxLength: 5 })
  .chain((pool) =>
    fc.array(
      fc.array(
        fc.tuple(name, fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pool) }, { weight: 1, arbitrary: value })),
      ),
      { minLength: 2, maxLength: 6 },
    ),
  )
  .map((all) =>
    all.map((members) => {
      const filling = Object.fromEntries(
        members.map(([field, inner], index) => [`${field}_${index}`, { [field]: inner }]),
      );
      return { ...filling, again: { typed_config: [filling, filling], rest: 'x'.repeat(512) } };
    }),
  );

/** As Envoy lays it out, and without blanks. */
const layouts = fc.constantFrom(undefined, 1);

it('gives what JSON.parse gives, and the same texts are made of it', () => {
  fc.assert(
    fc.property(documents, layouts, (all, indent) => {
      const parts = new RepeatedParts();
      for (const document of [...all, ...all]) {
        const text = JSON.stringify(document, null, indent);
        const [shared, plain] = [parts.parse(text), parseExactly(text)];
        expect(JSON.stringify(shared)).toBe(JSON.stringify(plain));
        expect(JSON.stringify(toProtoNames(shared))).toBe(JSON.stringify(toProtoNames(plain)));
        const printed = printedJson(redacted(toJsonNames(shared)), '\n');
        expect(`${printed}\n`).toBe(renderJson(redacted(toJsonNames(plain))));
      }
    }),
    { numRuns: 150 },
  );
});

const PART = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router', start_child_span: true };

function documentWith(part: object, named: string): string {
  return JSON.stringify({ name: named, filters: { typed_config: part }, rest: 'x'.repeat(512) });
}

it('stands as one object wherever it comes', () => {
  const parts = new RepeatedParts();
  const configs = ['a', 'b', 'c'].map((named) => {
    const { filters } = parts.parse(documentWith(PART, named)) as { filters: { typed_config: object } };
    return filters.typed_config;
  });
  expect(configs).toEqual([PART, PART, PART]);
  expect(configs[2]).toBe(configs[1]);
});

it('is worked out once for each place in which it stands', () => {
  const parts = new RepeatedParts();
  const texts = ['a', 'b', 'c', 'd'].map((named) => documentWith(PART, named));
  const work = jest.fn((part: object, place: string) => `${Object.keys(part).length} ${place}`);
  const answer = rememberedPart(work);
  const answers = texts.map((text) => {
    const { filters } = parts.parse(text) as { filters: { typed_config: object } };
    return ['here', 'there'].map((place) => answer(filters.typed_config, place));
  });
  expect(new Set(answers.flat())).toEqual(new Set(['2 here', '2 there']));
  // The first was not yet known to come again; whoever asks for another object is answered anew.
  expect(work).toHaveBeenCalledTimes(4);
  answer({}, 'here');
  answer({}, 'here');
  expect(work).toHaveBeenCalledTimes(6);
});

it.each(['{"a": {"b": 1}', '{"a":{"b":1}}}', '{"a":"":{}}', '{"a":[1,2}', 'x":{}'])('refuses %s', (text) => {
  const padded = `{"rest":"${'x'.repeat(512)}","more":${text}}`;
  const parts = new RepeatedParts();
  expect(() => parts.parse(padded)).toThrow(SyntaxError);
  expect(() => parts.parse(padded)).toThrow(SyntaxError);
});

it('looks at the brackets of a document once, however many parts of it are new', () => {
  const parts = new RepeatedParts();
  const fields = (from: number): string =>
    Array.from({ length: 300 }, (_, index) => {
      const name = `k${from + index}`;
      return `"${name}":{"i${from + index}":{"z":"${'x'.repeat(70)}"}}`;
    }).join(',');
  const texts = [0, 1000, 2000].map((from) => `{"a":[{${fields(from)}},{${fields(from)}}]}`);
  const looked = jest.spyOn(String.prototype, 'indexOf');
  for (const text of texts) parts.parse(text);
  const times = looked.mock.calls.length;
  looked.mockRestore();
  // A document has some 3,600 texts between quotes, and each part some more.
  expect(times).toBeLessThan(30_000);
});
