/** The words that a trace can say, so that a misspelt one is an error and never an expectation that is met or missed. */
import check from '../../../schemas/check.schema.json';
import schema from '../../../schemas/trace.schema.json';

const words = (values: readonly (string | null)[]): readonly string[] => values.filter((value) => value !== null);

/** Keys of expectations whose values are such words, and the words. Several response flags are joined by commas. */
export const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  verdict: words(schema.properties.verdict.enum),
  reason: words(schema.properties.reason.enum),
  responseFlags: check.definitions.responseFlags.anyOf.flatMap(({ pattern }) => flagsIn(pattern ?? '')),
};

/** The flags that a pattern of the form `^(?:A|B)(?:,(?:A|B))*$` takes. */
function flagsIn(pattern: string): readonly string[] {
  return [...new Set(pattern.match(/[A-Z]+/g))];
}
