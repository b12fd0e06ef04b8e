/** Kubernetes objects in files of YAML, as a GitOps repository has them, with the line of each of their fields. */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { MOST_ALIASES } from '../limits';
import { repeatedKey } from '../repeated-key';
import { addAll } from '../lists';

export type Path = readonly (string | number)[];

/** One object of a file. */
export interface Manifest {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  /** Null where the file leaves it to kubectl or kustomize. */
  readonly namespace: string | null;
  readonly spec: Readonly<Record<string, unknown>>;
  /** The line of a field, from 1; that of the nearest field around it where it is not there. */
  lineOf(path: Path): number;
}

export interface ReadManifests {
  readonly manifests: readonly Manifest[];
  /** What was not read, a sentence each. */
  readonly notes: readonly string[];
}

/** Every object of a text: of several documents, and of lists of objects. What is no YAML (a Helm template) is told and passed over. */
export function readManifests(file: string, text: string): ReadManifests {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent', uniqueKeys: false });
  const notes: string[] = [];
  const manifests: Manifest[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [wrong] = document.errors;
    if (wrong !== undefined) notes.push(skipped(file, wrong.message));
    else if (repeatedKey(document) !== null) notes.push(skipped(file, 'Map keys must be unique'));
    else addAll(manifests, objectsOf(file, document, lines, notes));
  }
  return { manifests, notes };
}

function skipped(file: string, why: string): string {
  const [first = ''] = why.split('\n');
  return `${file} is skipped: it is not plain YAML (${first.replace(/:$/, '')})`;
}

function objectsOf(file: string, document: Document, lines: LineCounter, notes: string[]): readonly Manifest[] {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    notes.push(skipped(file, (error as Error).message));
    return [];
  }
  const object = fieldsOf(value);
  const { kind, items } = object;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) => manifestOf(file, item, ['items', index], { document, lines }));
  }
  return manifestOf(file, object, [], { document, lines });
}

interface Source {
  readonly document: Document;
  readonly lines: LineCounter;
}

function manifestOf(file: string, value: unknown, at: Path, { document, lines }: Source): readonly Manifest[] {
  const { kind, metadata, spec } = fieldsOf(value);
  const { name, namespace } = fieldsOf(metadata);
  if (typeof kind !== 'string' || typeof name !== 'string') return [];
  return [
    {
      file,
      kind,
      name,
      namespace: typeof namespace === 'string' ? namespace : null,
      spec: fieldsOf(spec),
      lineOf: (path) => lines.linePos(offsetOf(document, [...at, ...path], at.length)).line,
    },
  ];
}

/** A map's fields; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** The entries of a list; none of anything else. */
export function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function offsetOf(document: Document, path: Path, least: number): number {
  for (let depth = path.length; depth >= least; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const range = (node as { readonly range?: readonly number[] } | null | undefined)?.range;
    if (range?.[0] !== undefined) return range[0];
  }
  return 0;
}
