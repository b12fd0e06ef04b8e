/**
 * What finding a command needs of the manifest. The build puts the value in the place of the reading (scripts/manifest-index.mjs),
 * since the manifest has every word of help as well: 3 ms of a start.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownCommand } from './command-line';

export interface ManifestIndex {
  readonly version: string;
  readonly commands: readonly KnownCommand[];
  /** Spellings of flags that take the next word: `--namespace`, `-n`. */
  readonly valueFlags: readonly string[];
}

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

/** @param root the package's directory */
export function manifestIndex(root: string): ManifestIndex {
  const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Manifest;
  return {
    version: manifest.version,
    commands: Object.entries(manifest.commands).map(([id, { aliases, hidden }]) => ({ id, aliases, hidden })),
    valueFlags: [...valueFlags(manifest)],
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
