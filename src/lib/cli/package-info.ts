/** What the package's own files say of it: its version, and its commands by the manifest, none of them loaded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownCommand } from './command-line';
import type { CommandClass, Package } from './main';

interface ManifestFlag {
  readonly name: string;
  readonly char?: string;
  readonly type: 'option' | 'boolean';
}

interface Manifest {
  readonly version: string;
  readonly commands: Readonly<
    Record<string, KnownCommand & { readonly flags: Readonly<Record<string, ManifestFlag>> }>
  >;
}

/** @param commands every command's class by its id; asking for one loads it */
export function readPackage(root: string, commands: Readonly<Record<string, unknown>>): Package {
  const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Manifest;
  return {
    root,
    version: manifest.version,
    commands: Object.entries(manifest.commands).map(([id, { aliases, hidden }]) => ({ id, aliases, hidden })),
    valueFlags: valueFlags(manifest),
    load: (id) => commands[id] as CommandClass,
  };
}

/** A flag is spelled alike in every command that has it. */
function valueFlags({ commands }: Manifest): ReadonlySet<string> {
  const spellings = new Set<string>();
  for (const { flags } of Object.values(commands)) {
    for (const { name, char, type } of Object.values(flags)) {
      if (type !== 'option') continue;
      spellings.add(`--${name}`);
      if (char !== undefined) spellings.add(`-${char}`);
    }
  }
  return spellings;
}
