/** What the package's own files say of it: its version, and its commands by the manifest, none of them loaded. */
import type { CommandClass, Package } from './main';
import { manifestIndex } from './manifest-index';

/** @param commands every command's class by its id; asking for one loads it */
export function readPackage(root: string, commands: Readonly<Record<string, unknown>>): Package {
  const { version, commands: known, valueFlags } = manifestIndex(root);
  return {
    root,
    version,
    commands: known,
    valueFlags: new Set(valueFlags),
    load: (id) => commands[id] as CommandClass,
  };
}
