// Holds package-lock.json to what it is for: every package comes from the public registry, with the hash that it must have.
import { readFileSync } from 'node:fs';

const REGISTRY = 'https://registry.npmjs.org/';

/** What is wrong with a lock file; a package that lies in the repository (a link) needs no hash. */
export function lockfileFaults({ lockfileVersion, packages = {} }) {
  const entries = Object.entries(packages).filter(
    ([path, { link, inBundle }]) => path !== '' && link !== true && inBundle !== true,
  );
  return [
    ...(lockfileVersion === 3 ? [] : [`lockfileVersion is ${lockfileVersion}, 3 was expected`]),
    ...(entries.length === 0 ? ['it names no packages'] : []),
    ...entries.flatMap(([path, { name = path.slice(path.lastIndexOf('node_modules/') + 13), resolved, integrity }]) => [
      ...originFaults(path, name, resolved),
      ...(/^sha512-[A-Za-z0-9+/]{86}==/.test(integrity ?? '') ? [] : [`${path} has no SHA-512 hash`]),
    ]),
  ];
}

/** The archive must be the registry's of that very package: another's under its path would be installed in its place. */
function originFaults(path, name, resolved) {
  if (resolved === undefined) return [];
  if (!resolved.startsWith(REGISTRY)) return [`${path} comes from ${new URL(resolved, 'file:').origin}`];
  return resolved.startsWith(`${REGISTRY}${name}/-/`) ? [] : [`${path} is another package's archive: ${resolved}`];
}

if (process.argv[1]?.endsWith('lockfile.mjs')) {
  const faults = lockfileFaults(JSON.parse(readFileSync(process.argv[2] ?? 'package-lock.json', 'utf8')));
  for (const fault of faults) console.error(`package-lock.json: ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
