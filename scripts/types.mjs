// The declarations of the library as one file, so that a package without its sources' layout is all that a project needs.
import { generateDtsBundle } from 'dts-bundle-generator';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes one file of a folder of declarations, unless it is newer than all of them. */
export function bundleTypes(folder, entry, output) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.d.ts'));
  const newest = Math.max(...files.map((name) => statSync(join(folder, name)).mtimeMs));
  if ((statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0) > newest) return;
  const options = { output: { exportReferencedTypes: false, noBanner: true } };
  const [text] = generateDtsBundle([{ filePath: join(folder, entry), ...options }]);
  writeFileSync(output, text);
}
