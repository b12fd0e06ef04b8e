/** docs/architecture.md has every folder of src/lib in its table, and every file that stands beside the folders. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
const ENTRIES = readdirSync(join(ROOT, 'src/lib'), { withFileTypes: true });

test.each(ENTRIES.filter((entry) => entry.isDirectory()).map(({ name }) => name))('the folder %s has a row', (name) => {
  expect(PAGE).toContain(`\n| \`${name}\``);
});

test.each(ENTRIES.filter((entry) => entry.isFile()).map(({ name }) => name))('the file %s is named', (name) => {
  expect(PAGE).toContain(`\`${name}\``);
});
