import fc from 'fast-check';
import { entryOf } from '../../../src/lib/access-log/entry';
import { formatOf } from '../../../src/lib/access-log/format';
import { readLogLine } from '../../../src/lib/access-log/read-line';

const BARS = '%REQ(:METHOD)%|%REQ(:PATH)%|%REQ(:AUTHORITY)%|%PROTOCOL%|%RESPONSE_CODE%|%REQ(USER-AGENT)%|%ROUTE_NAME%';
const format = formatOf(BARS, 'given');

test.each([
  ['a path', 'GET|/a|b|shop.example:80|HTTP/1.1|200|curl|-', { path: '/a|b', authority: 'shop.example:80' }],
  ['a user agent', 'GET|/a|shop|HTTP/1.1|200|a|b|route', { path: '/a', authority: 'shop', status: 200 }],
])('%s that holds what ends it is read whole', (_what, line, wanted) => {
  expect(entryOf(readLogLine(line, [format])!)).toMatchObject(wanted);
});

test('where the line can be read in several ways, each is told', () => {
  const read = readLogLine('GET|/a|shop|HTTP/1.1|200|a|b|route', [format])!;
  const told = [read.values, ...read.others].map((values) => [values.get('REQ(user-agent)'), values.get('ROUTE_NAME')]);
  expect(told).toEqual([
    ['a', 'b|route'],
    ['a|b', 'route'],
  ]);
});

const bars = (text: string): number => text.split('|').length - 1;

/** In how many ways the bars in a path may belong to method, path and authority, and those in an agent to agent and route. */
function waysToRead(path: string, agent: string): number {
  const before = bars(path);
  return (((before + 1) * (before + 2)) / 2) * (bars(agent) + 1);
}

test('whatever values hold, what was written is among the readings', () => {
  const dirty = fc.string({ unit: fc.constantFrom('a', '/', '|', '-', '?', '1'), maxLength: 6 });
  const value = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: dirty.map((rest) => `/${rest}`),
    authority: fc.constantFrom('a.b', 'a:80', '[::1]:80'),
    agent: dirty.filter((text) => text !== '-'),
    route: fc.constantFrom('-', 'default'),
  });
  fc.assert(
    fc.property(value, ({ method, path, authority, agent, route }) => {
      // So many readings are tried at most.
      fc.pre(waysToRead(path, agent) <= 8);
      const read = readLogLine(`${method}|${path}|${authority}|HTTP/1.1|200|${agent}|${route}`, [format]);
      const all = read === null ? [] : [read.values, ...read.others];
      const wanted = ['REQ(:path)', 'REQ(:authority)', 'REQ(user-agent)'].map((key, at) => [
        key,
        [path, authority, agent][at],
      ]);
      return all.some((values) => wanted.every(([key = '', text]) => values.get(key) === text));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['many places', `GET|${'/a|'.repeat(3000)}`],
  ['many operators', `${'x|'.repeat(4000)}200`],
])('%s: an answer comes all the same', (what, line) => {
  const many = formatOf(`${'%REQ(A)%|'.repeat(4000)}%RESPONSE_CODE%`, 'given');
  expect(readLogLine(line, [what === 'many operators' ? many : format])?.values.size ?? 0).toBeLessThan(3);
});
