/** How much a trace explains. */

/** How many rejected candidates an explanation may hold. */
export interface ExplainOptions {
  readonly limit: number;
  /** Whether nobody reads the settings of routes: they are left out. */
  readonly isBare?: boolean;
}

/** The default number of rejected candidates; `--explain` lifts it. */
export const NEAREST = 5;
