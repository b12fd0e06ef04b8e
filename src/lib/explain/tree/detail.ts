/** How much the tree tells; with neither, what a person needs at once. */
export interface TreeDetail {
  /** Every step, filter and setting, with the nearest rejected candidates. */
  readonly verbose?: boolean;
  /** Everything that the trace holds, steps without news and all rejected candidates included. */
  readonly explain: boolean;
  /** Whether every other way is told, not those alone that end badly. */
  readonly listBranches?: boolean;
  /** Flags that name the source of the trace, for the commands that it suggests. */
  readonly source?: readonly string[];
}
