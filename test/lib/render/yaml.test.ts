/** YAML that parsers of YAML 1.1 and 1.2 read alike. */
import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { parse } from 'yaml';
import { renderJson } from '../../../src/lib/render/structured';
import { yamlItems, yamlText } from '../../../src/lib/render/yaml';
import { hostileText } from '../../helpers/hostile';

/** PyYAML, a parser of YAML 1.1 that is not ours: MCTL_PYYAML names a python that has it. */
const PYTHON = process.env['MCTL_PYYAML'] ?? 'python3';
const hasPyYaml = spawnSync(PYTHON, ['-c', 'import yaml']).status === 0;

const sorted = { sorted: true } as const;

/** What YAML 1.1 or 1.2 takes for something else where it is not quoted, or cannot hold as it stands. */
const TRICKY = [
  ...[
    '',
    ' ',
    ' a',
    'a ',
    'a  b',
    '~',
    '=',
    '<<',
    '-',
    '?',
    ':',
    '- a',
    '? a',
    ': a',
    'a: b',
    'a:',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
  ],
  ...[
    '|',
    '>',
    '%a',
    '@a',
    '`a',
    '"a',
    "'a",
    '[a',
    '{a',
    ',a',
    'a, b',
    '---',
    '...',
    '--- a',
    '\\',
    '::a',
    '##[group]a',
    'a##vso[x]',
  ],
  ...[
    'y',
    'Y',
    'n',
    'N',
    'yes',
    'Yes',
    'NO',
    'on',
    'On',
    'OFF',
    'true',
    'True',
    'FALSE',
    'null',
    'Null',
    '.inf',
    '-.INF',
    '.NaN',
  ],
  ...[
    '0',
    '-1',
    '+1',
    '017',
    '0o17',
    '0x1F',
    '0b1_0',
    '1_000',
    '1:30',
    '190:20:30.15',
    '1e3',
    '1.5e-7',
    '.5',
    '1.',
    '+.5',
    '0.',
    '-0',
  ],
  ...[
    '2001-12-14',
    '2001-12-14t21:59:43.10-05:00',
    '2001-12-14 21:59:43.10 -5',
    '2026-01-01T00:00:00Z',
    '10.0.0.1',
    '0.0.0.0_9080',
    '10s',
  ],
  ...[
    'a\nb',
    'a\n',
    '\n',
    '\ta',
    'a\tb',
    '\r',
    '\u0000',
    '\u0007',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u009b',
    '\u00a0',
    '\u00ad',
  ],
  ...[
    '\u200b',
    '\u202e',
    '\u2028',
    '\u2029',
    '\u2066',
    '\ufeff',
    '\ufffe',
    '\uffff',
    '\u{1f600}',
    '\u{e0001}',
    'ä',
    '日本',
    'x'.repeat(2000),
  ],
];

/** A lone surrogate is no character, and no YAML can hold it. */
const whole = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd');

const json: fc.Arbitrary<unknown> = fc.letrec((tie) => {
  const text = fc.oneof(fc.constantFrom(...TRICKY), hostileText, fc.string({ unit: 'binary' })).map(whole);
  const key = text.filter((name) => name !== '__proto__');
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  };
}).value;

/** Nothing hidden, and no line that a text began: every line begins as the program makes them. */
function expectPrintable(text: string): void {
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(text).not.toMatch(/##(?:\[|vso\[|teamcity\[)/);
  expect(text).not.toMatch(/^\s*::/m);
}

test.each(TRICKY)('the text %j is itself for YAML 1.1 and 1.2, as a value and as a key', (text) => {
  const value = { [text]: [text] };
  const yaml = yamlText(value, sorted);
  expectPrintable(yaml);
  for (const version of ['1.1', '1.2'] as const) expect(parse(yaml, { version })).toEqual(value);
});

test('numbers with an exponent are numbers for both', () => {
  const yaml = yamlText([1e21, 1.5e300, -1e-7, 5e-324], sorted);
  expect(yaml).toBe('- 1.0e+21\n- 1.5e+300\n- -1.0e-7\n- 5.0e-324\n');
});

test('what Envoy calls things stands without quotes', () => {
  const value = { cluster: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local', path: '/a/b?c=d', timeout: '10s' };
  expect(yamlText(value, sorted)).toBe(
    'cluster: outbound|9080|v2|reviews.bookinfo.svc.cluster.local\npath: /a/b?c=d\ntimeout: 10s\n',
  );
});

test('layout', () => {
  const value = { a: [1, [2, [], {}], { b: null, c: { d: true } }], e: {}, f: [], g: { h: ['x'] }, i: undefined };
  expect(yamlText(value, { sorted: false })).toBe(
    'a:\n  - 1\n  - - 2\n    - []\n    - {}\n  - b: null\n    c:\n      d: true\ne: {}\nf: []\ng:\n  h:\n    - x\n',
  );
  expect(yamlText({ b: 1, a: 2, B: 3 }, sorted)).toBe('B: 3\na: 2\nb: 1\n');
  expect(yamlText('x', sorted)).toBe('x\n');
});

test('items one by one are those of the list in a map', () => {
  fc.assert(
    fc.property(fc.array(json, { minLength: 1, maxLength: 3 }), (items) => {
      const text = `a:\n${[...yamlItems(items, '  ', sorted)].join('')}`;
      expect(text).toBe(yamlText({ a: items }, sorted));
    }),
    { numRuns: 100 },
  );
});

test('any value is the same for YAML 1.1 and 1.2, and in JSON, with nothing hidden in the text', () => {
  fc.assert(
    fc.property(json, (value) => {
      const yaml = yamlText(value, sorted);
      expectPrintable(yaml);
      expect(parse(yaml, { version: '1.1' })).toEqual(value);
      expect(parse(yaml, { version: '1.2' })).toEqual(value);
      const text = renderJson(value);
      expectPrintable(text);
      expect(JSON.parse(text)).toEqual(value);
    }),
    { numRuns: 300 },
  );
}, 60_000);

(hasPyYaml ? test : test.skip)(
  'any value is the same for PyYAML (python3 with PyYAML, or MCTL_PYYAML)',
  () => {
    const values = [TRICKY.map(whole), ...fc.sample(json, 400)];
    const documents = values.map((value) => yamlText(value, sorted));
    const program = `import json, sys, yaml
print(json.dumps([yaml.safe_load(text) for text in json.load(sys.stdin)]))`;
    const answer = execFileSync(PYTHON, ['-c', program], { input: JSON.stringify(documents), encoding: 'utf8' });
    expect(JSON.parse(answer)).toEqual(values);
  },
  60_000,
);

it('a text of megabytes is written, plain or quoted', () => {
  const long = 'a-b:c '.repeat(2_000_000);
  expect(yamlText({ long: `${long}d` }, sorted)).toBe(`long: ${long}d\n`);
  expect(yamlText({ long }, sorted)).toBe(`long: "${long}"\n`);
});
