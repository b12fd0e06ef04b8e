import fc from 'fast-check';
import { readCheckText } from '../../../src/lib/check/check-text';

const CHECKS = [
  { name: 'a "quoted" {name}', request: { url: 'http://a/\\', headers: { x: '[1]' } }, expect: { clusters: { a: 1 } } },
  { name: 'b', request: { url: 'http://b/' }, tags: [{ checks: [{}] }] },
  { request: { url: 'http://c/' } },
];

describe('readCheckText', () => {
  it.each([
    ['one line', 0],
    ['laid out', 2],
  ])('finds the same value and lines in JSON, %s, as YAML does', (_how, space) => {
    const text = JSON.stringify({ proxy: 'p', source: { checks: [{}] }, checks: CHECKS }, null, space);
    const asYaml = readCheckText('as yaml', `# not JSON\n${text}`);
    const asJson = readCheckText('as JSON', text);
    expect(asJson.value).toEqual(asYaml.value);
    for (const index of CHECKS.keys()) expect(asJson.lineOfCheck(index)).toBe(asYaml.lineOfCheck(index) - 1);
  });

  it('refuses a name that comes twice in one object, and says where', () => {
    expect(() => readCheckText('f', '{"proxy": "a",\n "proxy": "b"}')).toThrow(/unique.*line 2/s);
    expect(readCheckText('f', '{"a": {"x": 1}, "b": {"x": 1}}').value).toEqual({ a: { x: 1 }, b: { x: 1 } });
  });

  it('reads any JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readCheckText('f', JSON.stringify({ value })).value).toEqual(JSON.parse(JSON.stringify({ value })));
      }),
    );
  });
});
