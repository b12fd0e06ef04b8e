// Puts the Role of examples/role.yaml wherever one is shown. --check fails where one differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const read = (path) => readFileSync(join(root, path), 'utf8');
const role = read('examples/role.yaml').replace(/^(?:#.*\n)+/, '');
const inNamespace = (namespace) => role.replace('namespace: bookinfo', `namespace: ${namespace}`);

/** Of a page, the block that holds a Role; of a file of YAML, its document. */
const PLACES = [
  ['README.md', /(```yaml\n)(?:(?!```)[^])*?kind: Role\n[^]*?(?=```)/, inNamespace('bookinfo')],
  ['docs/live-clusters.md', /(```yaml\n)(?:(?!```)[^])*?kind: Role\n[^]*?(?=```)/, inNamespace('bookinfo')],
  ['examples/ci/cronjob.yaml', /(---\n)(?:(?!---)[^])*?kind: Role\n[^]*?(?=---)/, inNamespace('shop')],
];

for (const [path, place, text] of PLACES) {
  const before = read(path);
  if (!place.test(before)) throw new Error(`${path} shows no Role`);
  const after = before.replace(place, (_all, head) => `${head}${text}`);
  if (process.argv.includes('--check')) {
    if (after === before) continue;
    console.error(`${path} has another Role than examples/role.yaml: run \`npm run role\` and commit it.`);
    process.exitCode = 1;
  } else writeFileSync(join(root, path), after);
}
