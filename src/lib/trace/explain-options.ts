/** How much a trace explains. */

/** How many rejected candidates an explanation may hold. */
export interface ExplainOptions {
  readonly limit: number;
}

/** The default number of rejected candidates; `--explain` lifts it. */
export const NEAREST = 5;
