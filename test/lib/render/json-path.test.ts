import { UsageError } from '../../../src/lib/errors';
import { parseExactly } from '../../../src/lib/exact-number';
import { findJsonPath, renderJson, renderJsonPath, renderYaml } from '../../../src/lib/render/structured';

const VALUE = {
  kind: 'List',
  items: [
    { name: 'a', port: 80, tags: ['x', 'y', 'z'], 'dotted.name': 1 },
    { name: 'b', port: 443, tags: [], owner: { kind: 'pod', name: 'p' } },
  ],
};

describe('JSONPath', () => {
  it.each([
    ['{.kind}', 'List\n'],
    ['.kind', 'List\n'],
    ['kind', 'List\n'],
    ['$.kind', 'List\n'],
    ['{$.kind}', 'List\n'],
    ['{.items[*].name}', 'a\nb\n'],
    ['{.items[-1].name}', 'b\n'],
    ['{.items[-2].name}', 'a\n'],
    ['{.items[0].tags[0:2]}', 'x\ny\n'],
    ['{.items[0].tags[-2:]}', 'y\nz\n'],
    ['{.items[0].tags[::2]}', 'x\nz\n'],
    ['{.items[0].tags[0,2]}', 'x\nz\n'],
    ["{.items[0]['name','port']}", 'a\n80\n'],
    ['{.items[0].dotted\\.name}', '1\n'],
    ["{.items[0]['dotted\\.name']}", '1\n'],
    ['{..kind}', 'List\npod\n'],
    ['{.items[?(@.name=="b")].port}', '443\n'],
    ["{.items[?(@.name != 'b')].port}", '80\n'],
    ['{.items[?(@.port>100)].name}', 'b\n'],
    ['{.items[?(@.port<=80)].name}', 'a\n'],
    ['{.items[?(@.owner)].name}', 'b\n'],
    ['{.items[?(@.owner.kind=="pod")].owner.name}', 'p\n'],
    ['{.items[1].owner}', '{"kind":"pod","name":"p"}\n'],
    ['{.none}', ''],
    // Templates.
    ['{range .items[*]}{.name}{"\\n"}{end}', 'a\nb\n'],
    ['{range .items[*]}{.name}{"\\t"}{.port}{"\\n"}{end}', 'a\t80\nb\t443\n'],
    ['{range .items[*]}{@.name}={range .tags[*]}<{@}>{end};{end}', 'a=<x><y><z>;b=;\n'],
    ['{.kind}{.items[0].name}', 'Lista\n'],
    ['kind: {.kind}, names: {.items[*].name}', 'kind: List, names: a b\n'],
    ['{range .items[?(@.port==443)]}{$.kind}/{.name}{end}', 'List/b\n'],
    ['{range .none[*]}{.x}{end}', ''],
    // Numbers and truth values are literals.
    ['{0}', '0\n'],
    ['{-1}{" "}{+2.5}{" "}{true}{" "}{false}', '-1 2.5 true false\n'],
    ['{range .items[*]}{1}{.name}{end}', '1a1b\n'],
    ['{.items[0].tags[0:3:2]}', 'x\nz\n'],
  ])('%s', async (expression, text) => {
    expect(await renderJsonPath(expression, VALUE)).toBe(text);
  });

  it.each([
    ['{.a', 'the brace at character 1 has no partner'],
    ['{range .items[*]}{.name}', 'a {range} has no {end}'],
    ['{end}', 'there is an {end} without a {range}'],
    ['{if .a}x{end}', '{if .a} is not supported'],
    ['{}', 'there is nothing between two braces'],
    ['{.a..}', '".." needs a field behind it'],
    ['{.a b}', '" b" is not supported'],
    ['{.items[?(@.a=="x" && @.b)]}', 'the filter'],
    ['{.items[?(@.a.constructor("return process")())]}', 'the filter'],
    ['$[?(process.exit(1))]', 'the filter'],
    ['$[(@.length-1)]', 'is not an index, slice, name or filter'],
    ['$.a^', '"^" is not supported'],
    ['{.items[0:1:0].name}', 'a slice has a step of 1 or more'],
    ['{.items[1:0:-1].name}', 'a slice has a step of 1 or more'],
    ['$.items[::-1]', 'a slice has a step of 1 or more'],
    ['{.items[*', 'the brace'],
    ['$.items[', 'is not an index'],
    ['$.x`y', ''],
  ])('%s is refused in words', async (expression, words) => {
    const failure = await renderJsonPath(expression, VALUE).then(
      () => null,
      (error: unknown) => error,
    );
    if (words === '') return;
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as UsageError).message).toContain(words);
    expect((failure as UsageError).message).not.toMatch(/undefined|TypeError|Cannot read|jsep|eval/);
  });

  it('finds nothing that is not in the document', async () => {
    for (const path of ['$.constructor', '$.__proto__', '$..constructor', "$['constructor']"]) {
      expect(await findJsonPath(path, VALUE)).toEqual([]);
    }
    const own = JSON.parse('{"constructor": 5, "a": {"__proto__": 6}}') as object;
    expect(await findJsonPath('$.constructor', own)).toEqual([5]);
  });
});

describe('numbers that a double cannot hold', () => {
  const TEXT =
    '{"long": 9007199254740993, "far": 1e400, "fine": [0.1, 1.50, 12345678901234567890, 1e3], "text": "9007199254740993"}';

  it('stand in every output as they stand in the document', async () => {
    const value = parseExactly(TEXT) as object;
    expect(renderJson(value)).toContain('"long": 9007199254740993,\n    "far": 1e400');
    expect(renderJson(value)).toContain('"text": "9007199254740993"');
    expect(await renderYaml(value)).toBe(
      'far: 1e400\nfine:\n  - 0.1\n  - 1.5\n  - 12345678901234567890\n  - 1000\nlong: 9007199254740993\ntext: "9007199254740993"\n',
    );
    expect(await renderJsonPath('{.long}', value)).toBe('9007199254740993\n');
    expect(await renderJsonPath('{.fine}', value)).toBe('[0.1,1.5,12345678901234567890,1000]\n');
    expect(await renderJsonPath('$..*', value)).not.toContain('undefined');
  });

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1e400',
    '1e-400',
    '0.12345678901234567890123',
    '123456789012345678',
  ])('%s is kept', (text) => {
    expect(renderJson(parseExactly(`[${text}]`))).toBe(`[\n    ${text}\n]\n`);
  });

  it.each([
    '0',
    '-1',
    '1.0',
    '9007199254740992',
    '1e22',
    '1E+2',
    '0.1',
    '1.7976931348623157e308',
    '0e400',
    '100000000000000000000',
  ])('%s is a number like any other', (text) => {
    expect(parseExactly(`[${text}, "${text}"]`)).toEqual([Number(text), text]);
  });

  it('are not made by a text that looks like one', () => {
    const value = { a: 'number:1e400', b: 'number-number:5', 'number:': 1 };
    const text = `${JSON.stringify(value).slice(0, -1)},"c":1e400}`;
    expect(renderJson(parseExactly(text))).toBe(
      '{\n    "a": "number:1e400",\n    "b": "number-number:5",\n    "number:": 1,\n    "c": 1e400\n}\n',
    );
  });
});

it('a field that is undefined and a method are not in JSON, so no path finds them', async () => {
  const value = { a: undefined, b: 1, toJSON: () => null };
  expect(await renderJsonPath('{.*}', value)).toBe('1\n');
  expect(await renderJsonPath('{.toJSON}', value)).toBe('');
});
