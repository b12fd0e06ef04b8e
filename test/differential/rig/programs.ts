/** The programs that run inside namespaces, bundled from `test/differential/inside` so that plain Node runs them. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles a program into a directory and gives the command line that runs it. */
export function program(name: 'caller' | 'upstream', directory: string): readonly string[] {
  const outfile = join(directory, `${name}.js`);
  const entry = join(__dirname, `../inside/${name}.ts`);
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' });
  return [process.execPath, outfile];
}
