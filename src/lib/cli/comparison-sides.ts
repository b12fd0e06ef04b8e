/**
 * The two sides of a comparison. Each is a path (a saved file, or the directory of a snapshot), an admin address, the
 * sample, or a target in the source that the flags name; `#TARGET` behind the first three names one proxy of it.
 */
import { Args } from '@oclif/core';
import { UsageError } from '../errors';
import { isDirectory } from '../files/named';
import { proxyName } from '../proxy-id';
import type { MeshSource, ProxySource } from '../source/source';
import { openMesh, type SourceFlags } from './session';
import type { Streams } from './streams';

/** A side, open. */
export interface Side {
  /** As the user wrote it. */
  readonly text: string;
  readonly mesh: MeshSource;
  readonly target: string | undefined;
  /** Its one proxy. Throws UsageError where it has several and none is named. */
  one(): Promise<ProxySource>;
  /** Every proxy of it. */
  all(): Promise<readonly ProxySource[]>;
}

/** The positional arguments of a comparison. */
export const sideArguments = {
  a: Args.string({
    description:
      'A file, the directory of a snapshot, an admin URL or sample:, with #TARGET for one proxy of it; or POD.NAMESPACE.',
  }),
  b: Args.string({ description: 'What to compare it with, spelled in the same ways.' }),
};

/** Opens both sides, targets of one source over one connection, and closes them whatever happens. */
export async function withSides<T>(
  texts: readonly [string, string],
  flags: SourceFlags,
  streams: Streams,
  use: (a: Side, b: Side) => Promise<T>,
): Promise<T> {
  const opened: MeshSource[] = [];
  let shared: Promise<MeshSource> | undefined;
  const open = async (more: Partial<SourceFlags>): Promise<MeshSource> => {
    const mesh = await openMesh({ ...flags, ...NO_SOURCE, ...more }, streams);
    opened.push(mesh);
    return mesh;
  };
  const openShared = async (): Promise<MeshSource> => {
    const mesh = await openMesh(flags, streams);
    opened.push(mesh);
    return mesh;
  };
  const side = async (text: string): Promise<Side> => {
    const spelled = readSide(text);
    if (spelled.own !== null) return sideOf(text, await open(spelled.own), spelled.target);
    shared ??= openShared();
    return sideOf(text, await shared, text);
  };
  try {
    return await use(await side(texts[0]), await side(texts[1]));
  } finally {
    await Promise.all(opened.map((mesh) => mesh.close()));
  }
}

/** The two texts, of arguments and -f in this order. Throws UsageError for another number of them. */
export function twoSides(
  noun: string,
  args: { readonly a?: string | undefined; readonly b?: string | undefined },
  flags: SourceFlags,
): { readonly texts: readonly [string, string]; readonly flags: SourceFlags } {
  const files = (flags.file ?? []).map((file) => (file === '-' ? file : `file:${file}`));
  const [a, b, ...more] = [args.a, args.b, ...files].filter((text) => text !== undefined);
  if (a === undefined || b === undefined || more.length > 0) {
    throw new UsageError(`${noun} requires two proxies`, {
      hint: `For example: mctl ${noun} POD-1.NAMESPACE POD-2.NAMESPACE, or mctl ${noun} one.json other.json.`,
    });
  }
  return { texts: [a, b], flags: { ...flags, file: undefined } };
}

const NO_SOURCE = { file: undefined, snapshot: undefined, sample: false, admin: undefined } as const;

interface Spelled {
  /** Flags of a source of its own; null for a target in the source that is shared. */
  readonly own: Partial<SourceFlags> | null;
  readonly target: string | undefined;
}

const PATH = /^(?:file:|\.{0,2}\/|-$)/;

function readSide(text: string): Spelled {
  const hash = text.lastIndexOf('#');
  const target = hash < 0 ? undefined : text.slice(hash + 1);
  const place = hash < 0 ? text : text.slice(0, hash);
  if (/^https?:\/\//i.test(place)) return { own: { admin: place }, target };
  if (place === 'sample:') return { own: { sample: true }, target };
  if (place === 'sample:ambient') return { own: { sample: 'ambient' }, target };
  const path = place.startsWith('file:') ? place.slice('file:'.length) : place;
  const isFolder = isDirectory(path);
  if (isFolder === true) return { own: { snapshot: path }, target };
  // What is spelled as a path and is not there is refused as a file that is not there.
  return isFolder === false || PATH.test(place) ? { own: { file: [path] }, target } : { own: null, target: text };
}

function sideOf(text: string, mesh: MeshSource, target: string | undefined): Side {
  return {
    text,
    mesh,
    target,
    one: async () => {
      const proxies = target === undefined ? await mesh.proxies() : [];
      if (proxies.length > 1) {
        throw new UsageError(`${text} has ${proxies.length} proxies`, {
          hint: `Name one behind it: ${text}#${proxyName(proxies[0] ?? { name: 'POD', namespace: 'NAMESPACE' })}.`,
        });
      }
      return await mesh.open(target);
    },
    all: async () => (target === undefined ? await mesh.openAll(undefined) : [await mesh.open(target)]),
  };
}
