/** The words that a trace can say, so that a misspelt one is an error and never an expectation that is met or missed. */
import schema from '../../../schemas/trace.schema.json';

const words = (values: readonly (string | null)[]): readonly string[] => values.filter((value) => value !== null);

/** Keys of expectations whose values are such words, and the words. */
export const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  verdict: words(schema.properties.verdict.enum),
  reason: words(schema.properties.reason.enum),
};
