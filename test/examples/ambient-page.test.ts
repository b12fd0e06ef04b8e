/**
 * docs/ambient.md shows what its command prints.
 * `npm run build && UPDATE_DOCS=1 npx jest test/examples/ambient-page` writes the page anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPage } from '../helpers/page-commands';

const PAGE = join(__dirname, '../../docs/ambient.md');

const { written, runs } = runPage('docs/ambient.md');
if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, written);

test('the page shows what the command prints, which is a denial', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(written);
  expect(runs.map(({ status }) => status)).toEqual([1]);
});
