/** Where mctl is installed. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The directory of mctl's own package.json, from the built bundle as from the sources. */
export function packageRoot(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`There is no package.json above ${__dirname}`);
    directory = parent;
  }
  return directory;
}
