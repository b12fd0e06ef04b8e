/**
 * A sentence or a name that is made where the step is: of stages whose facts have no type of their own yet. It is for people alone:
 * a lint rule keeps code from reading it.
 */
export type Worded = string;

/** A setting of such a stage. */
export type WordedDetail = readonly [label: string, text: Worded];

/** A candidate of such a stage that was not taken. */
export interface WordedMiss {
  readonly name: string;
  readonly cause: Worded;
}
