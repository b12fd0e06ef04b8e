/** Golden files: what a test's text is compared with. `UPDATE_GOLDENS=1` writes them anew. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Compares a text with the file `test/goldens/NAME`. */
export function expectGolden(name: string, text: string): void {
  const path = join(__dirname, '../goldens', name);
  if (process.env['UPDATE_GOLDENS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (!existsSync(path)) throw new Error(`there is no golden file ${name}: write it with UPDATE_GOLDENS=1 and read it`);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
