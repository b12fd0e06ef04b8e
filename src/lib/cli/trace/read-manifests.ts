/** `--manifests DIR`: the objects in directories of YAML, as a GitOps repository has them. */
import { MctlError } from '../../errors';
import { type Below, Root } from '../../files/root';
import type { Manifest } from '../../manifests/manifest';
import type { Streams } from '../streams';
import { addAll } from '../../lists';

/** A file of more bytes is no manifest that a person wrote. */
const MOST_BYTES = 10_000_000;
const MOST_FILES = 20_000;
const MOST_DEPTH = 30;
/** How many files that were passed over are named. */
const NOTED = 5;

const YAML = /\.(?:ya?ml|json)$/i;
const PASSED_OVER = new Set(['node_modules']);

/** Every object of the directories; a file that cannot be read as YAML is told on standard error, and passed over. */
export async function manifestsIn(directories: readonly string[], streams: Streams): Promise<readonly Manifest[]> {
  const { readManifests } = await import('../../manifests/manifest.js');
  const manifests: Manifest[] = [];
  const notes: string[] = [];
  for (const directory of directories) {
    const root = new Root(directory);
    const files = [...filesBelow(root, [])].slice(0, MOST_FILES + 1);
    if (files.length > MOST_FILES)
      notes.push(`${directory} has more than ${MOST_FILES} files; the others are not read`);
    for (const path of files.slice(0, MOST_FILES)) {
      try {
        const read = readManifests(root.labelOf(path), root.text(path, MOST_BYTES) ?? '');
        addAll(manifests, read.manifests);
        addAll(notes, read.notes);
      } catch (error) {
        if (!(error instanceof MctlError)) throw error;
        notes.push(error.message);
      }
    }
  }
  for (const note of notes.slice(0, NOTED)) streams.note(note);
  if (notes.length > NOTED) streams.note(`and ${notes.length - NOTED} more files like these`);
  return manifests;
}

function* filesBelow(root: Root, path: Below): Generator<Below> {
  if (path.length > MOST_DEPTH) return;
  for (const { name, kind } of root.entries(path, (one) => !one.startsWith('.') && !PASSED_OVER.has(one))) {
    if (kind === 'directory') yield* filesBelow(root, [...path, name]);
    else if (YAML.test(name)) yield [...path, name];
  }
}
