/**
 * docs/from-a-log-line.md shows what its commands print, and they lead to the field of the YAML.
 * `npm run build && UPDATE_DOCS=1 npx jest test/examples/from-a-log-line` writes the page anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPage } from '../helpers/page-commands';

const ROOT = join(__dirname, '../..');
const PAGE = 'docs/from-a-log-line.md';

const { written, runs } = runPage(PAGE);
if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(ROOT, PAGE), written);

test('the page shows what the commands print', () => {
  expect(readFileSync(join(ROOT, PAGE), 'utf8')).toBe(written);
});

test('the commands end as the page says', () => {
  const told = runs.map(({ command, status }) => [command.split(' ').slice(0, 2).join(' '), status]);
  expect(told).toEqual([
    ['mctl explain', 0],
    ['mctl explain', 0],
    ['mctl replay', 1],
    ['mctl pc', 0],
    ['sed -n', 0],
    ['mctl check', 1],
  ]);
});

test('the line that is explained is one of the log, and the YAML is that which trace and check name', () => {
  const log = readFileSync(join(ROOT, 'examples/access-log/access.log'), 'utf8').trimEnd().split('\n');
  const explained = /^mctl explain '(.+)' --sample/.exec(runs[0]?.command ?? '')?.[1];
  expect(log).toContain(explained);
  expect(written.match(/examples\/access-log\/reviews\.yaml:12 \(spec\.http\[0\]\.match\[0\]\)/g)).toHaveLength(2);
  const [line] = readFileSync(join(ROOT, 'examples/access-log/reviews.yaml'), 'utf8').split('\n').slice(11, 12);
  expect(line).toBe('        - headers:');
});
