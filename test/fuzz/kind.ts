/** What a seed becomes: a changed input where a command line looks for it. */
import type { Input } from './inputs';
import { Changeable } from './mutate';
import type { Place } from './place';
import type { Random } from './random';

export interface Prepared {
  /** What was changed. */
  readonly input: string;
  readonly changes: readonly string[];
  /** The command line behind `mctl`. */
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** Whether a usage error is an answer: where the command line itself is changed, or a changed document lacks what it asks for. */
  readonly usage?: boolean;
}

/** Inputs of one sort, with the commands that read them. */
export interface Kind {
  readonly name: string;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  readonly prepare: (random: Random, place: Place) => Prepared;
}

/** The formats of a command, by the words that call it. */
export const FORMATS = [
  'short',
  'table',
  'wide',
  'json',
  'yaml',
  'name',
  'jsonpath={..name}',
  'jsonpath={[*]}',
] as const;
/** Of views that are no table. */
export const VALUE_FORMATS = ['short', 'json', 'yaml', 'jsonpath={..name}'] as const;
export const TRACE_FORMATS = ['tree', 'table', 'json', 'yaml', 'mermaid', 'dot', 'html'] as const;
export const REPLAY_FORMATS = ['short', 'table', 'wide', 'json', 'yaml', 'junit'] as const;
export const REACH_FORMATS = ['table', 'short', 'wide', 'json', 'yaml', 'jsonpath={..where}'] as const;

const known = new Map<string, Changeable>();

/** A document with one or two of its fields changed. Those that are asked for again and again are parsed once. */
export function changedDocument({ text }: Pick<Input, 'text'>, random: Random): readonly [string, readonly string[]] {
  let document = known.get(text);
  if (document === undefined) {
    document = new Changeable(text);
    known.set(text, document);
  }
  return document.changed(random);
}
