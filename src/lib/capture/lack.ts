/** Something of a mesh that could not be had. */
export interface Lack {
  /** `pod.namespace`; null for what belongs to no proxy: a list of the cluster. */
  readonly proxy: string | null;
  /** The file that it would be in: `config_dump.json`. */
  readonly what: string;
  readonly why: string;
  /** Whether a snapshot can do without it: a source that has no such thing, and not one that failed. */
  readonly isOptional: boolean;
}

/** How many lines of what failed are listed. */
const LISTED = 50;

/** What could not be had, a line each; what a source simply does not have, counted. */
export function lackLines(lacks: readonly Lack[]): readonly string[] {
  const failed = lacks.filter((lack) => !lack.isOptional);
  const absent = new Map<string, number>();
  for (const { what, isOptional } of lacks) if (isOptional) absent.set(what, (absent.get(what) ?? 0) + 1);
  const more = failed.length - LISTED;
  return [
    ...(failed.length === 0 ? [] : ['Could not be had:']),
    ...failed.slice(0, LISTED).map(({ proxy, what, why }) => `  ${proxy === null ? '' : `${proxy} `}${what}: ${why}`),
    ...(more > 0 ? [`  and ${more} more; snapshot.json lists them all`] : []),
    ...[...absent].map(([what, count]) => `The source has no ${what}${count === 1 ? '' : ` of ${count} proxies`}.`),
  ];
}
