/**
 * What a condition, or a list of conditions of which the first counts, says of every text: a label. An automaton says it of
 * all texts but some, which are listed: exact names and paths need no automaton.
 */
import { Language, type Tables } from './language';

/** A number for every text. Label 0 is that of most texts. */
export interface TextLabels {
  readonly tables: Pick<Tables, 'classOf' | 'classes' | 'next' | 'start'>;
  /** Of each state, the label of the texts that end there and are not listed. */
  readonly labels: Int32Array;
  /** Texts of which the automaton does not say the label. */
  readonly listed: ReadonlyMap<string, number>;
}

/** The texts of one label, or all others. */
export interface Texts {
  readonly of: TextLabels;
  readonly label: number;
  readonly isNot: boolean;
}

const NOTHING_LISTED: ReadonlyMap<string, number> = new Map();
const byLanguage = new WeakMap<Language, TextLabels>();

/** The texts of a language as labels: 1 for those in it, 0 for the others. */
export function textsOf(language: Language): Texts {
  const found = byLanguage.get(language) ?? {
    tables: language.tables,
    labels: Int32Array.from(language.tables.accepts),
    listed: NOTHING_LISTED,
  };
  byLanguage.set(language, found);
  return { of: found, label: 1, isNot: false };
}

/** One text, and nothing else. */
export function oneText(text: string): Texts {
  return theseTexts([text]);
}

/** These texts, and no others. */
export function theseTexts(all: readonly string[]): Texts {
  return { of: listedTexts(new Map(all.map((text) => [text, 1]))), label: 1, isNot: false };
}

/** A label for each of these texts, and 0 for all others. */
export function listedTexts(listed: ReadonlyMap<string, number>): TextLabels {
  return { tables: Language.none.tables, labels: new Int32Array(1), listed };
}

/** The texts that are not among these. */
export function otherTexts({ of, label, isNot }: Texts): Texts {
  return { of, label, isNot: !isNot };
}

export const ANY_TEXT: Texts = textsOf(Language.all);
export const NO_TEXT: Texts = otherTexts(ANY_TEXT);

/** The same of the texts that, with this one put behind them, have the label. */
export function labelsBefore({ tables, labels, listed }: TextLabels, suffix: string): TextLabels {
  const moved = labels.map((_own, from) => labels[Language.stateAfter(tables, suffix, from)] ?? 0);
  const cut = [...listed].flatMap(([text, label]) =>
    text.endsWith(suffix) ? [[text.slice(0, text.length - suffix.length), label] as const] : [],
  );
  return { tables, labels: moved, listed: new Map(cut) };
}

/** The label of one text. */
export function labelOf({ tables, labels, listed }: TextLabels, text: string): number {
  return listed.get(text) ?? labels[Language.stateAfter(tables, text)] ?? 0;
}

/** Whether a text is among these. */
export function isAmong({ of, label, isNot }: Texts, text: string): boolean {
  return (labelOf(of, text) === label) !== isNot;
}
