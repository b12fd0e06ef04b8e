/** Texts and lists of texts where they stand in a dump: in printable ASCII, without escapes. */
import { ENTRY, type FieldPlaces, type FieldTaker } from '../../../scan/field-places';
import type { TextPool } from '../../text-pool';

const QUOTE = 0x22;
const CLOSE = 0x5d;
const LAST_BLANK = 0x20;

/** Where the one text of a list stands, without its quotes. */
export class OnlyText {
  begin = 0;
  end = 0;

  /** Whether the list from here to there has one element, and that a text. */
  isIn(bytes: Uint8Array, from: number, to: number): boolean {
    let at = from + 1;
    while ((bytes[at] ?? 0) <= LAST_BLANK) at++;
    if (bytes[at] !== QUOTE) return false;
    this.begin = at + 1;
    this.end = this.begin;
    while (bytes[this.end] !== QUOTE) this.end++;
    at = this.end + 1;
    while ((bytes[at] ?? 0) <= LAST_BLANK) at++;
    return bytes[at] === CLOSE && at === to - 1;
  }
}

/** The JSON value that stands from here to there. */
export function valueAt(bytes: Buffer, from: number, to: number): unknown {
  if (bytes[from] === QUOTE) return bytes.toString('latin1', from + 1, to - 1);
  return JSON.parse(bytes.toString('latin1', from, to));
}

/** The number of the text in quotes from here to there. */
export function textAt(pool: TextPool, bytes: Uint8Array, from: number, to: number): number {
  return pool.numberOf(bytes, from + 1, to - 1);
}

/** The texts of a list as one; -1 where it is empty. */
export class JoinedTexts {
  readonly #pool: TextPool;
  readonly #only = new OnlyText();
  readonly #shown: (text: string) => string;
  readonly #from: (bytes: Uint8Array, begin: number, end: number) => number;

  /** @param shown what is shown of a text @param from where that begins in it */
  constructor(
    pool: TextPool,
    shown: (text: string) => string = (text) => text,
    from: (bytes: Uint8Array, begin: number, end: number) => number = (_bytes, begin) => begin,
  ) {
    this.#pool = pool;
    this.#shown = shown;
    this.#from = from;
  }

  numberAt(bytes: Buffer, from: number, to: number): number {
    const only = this.#only;
    if (only.isIn(bytes, from, to)) {
      return this.#pool.append(bytes, this.#from(bytes, only.begin, only.end), only.end);
    }
    return this.numberOf(valueAt(bytes, from, to) as readonly (string | null)[]);
  }

  numberOf(texts: readonly (string | null)[]): number {
    if (texts.length === 0) return -1;
    return this.#pool.numberOfText(texts.map((text) => this.#shown(text ?? '')).join(','));
  }
}

/** Hands on small objects of the fields that are wanted whole, for what has few entries. */
export function valuesTaker(
  fields: Readonly<Record<string, true>>,
  take: (entry: Readonly<Record<string, unknown>>) => void,
): FieldTaker {
  const names = Object.keys(fields);
  let ids: readonly number[] = [];
  return {
    fields,
    begins: (idOf) => {
      ids = names.map(idOf);
    },
    take: ({ records, bytes }: FieldPlaces) => {
      let entry: Record<string, unknown> = {};
      for (let at = 0; at < records.length; at += 3) {
        const id = records[at] ?? 0;
        if (id === ENTRY) {
          take(entry);
          entry = {};
          continue;
        }
        const name = names[ids.indexOf(id)];
        if (name !== undefined) entry[name] = valueAt(bytes, records[at + 1] ?? 0, records[at + 2] ?? 0);
      }
    },
  };
}
