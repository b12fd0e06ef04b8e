/** What a capture could not have, and how that is told. */
import { listedNames, proxyNamed, withoutProxy } from '../proxy-id';

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

/** How many causes of what failed are listed. */
const LISTED = 50;

/** What could not be had, by its cause; what a source simply does not have, counted. */
export function lackLines(lacks: readonly Lack[]): readonly string[] {
  // Proxies are saved several at a time, and in no order.
  const failed = lacks.filter((lack) => !lack.isOptional).sort((one, other) => byName(one.proxy, other.proxy));
  const causes = causesOf(failed);
  const absent = new Map<string, number>();
  for (const { what, isOptional } of lacks) if (isOptional) absent.set(what, (absent.get(what) ?? 0) + 1);
  const more = causes.slice(LISTED).reduce((sum, { others }) => sum + 1 + others.length, 0);
  return [
    ...(causes.length === 0 ? [] : ['Could not be had:']),
    ...causes.slice(0, LISTED).flatMap(causeLines),
    ...(more > 0 ? [`  and ${more} more; snapshot.json lists them all`] : []),
    ...[...absent].map(([what, count]) => `The source has no ${what}${count === 1 ? '' : ` of ${count} proxies`}.`),
  ];
}

function byName(one: string | null, other: string | null): number {
  return (one ?? '') < (other ?? '') ? -1 : Number(one !== other);
}

interface Cause {
  readonly first: Lack;
  /** Proxies of which the same could not be had, for the same cause. */
  readonly others: string[];
}

function causesOf(failed: readonly Lack[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const lack of failed) {
    const { proxy, what, why } = lack;
    const id = proxy === null ? null : proxyNamed(proxy);
    const key = JSON.stringify([what, id === null ? null : withoutProxy(why, id)]);
    const known = causes.get(key);
    if (known === undefined || proxy === null)
      causes.set(proxy === null ? `${key} ${why}` : key, { first: lack, others: [] });
    else known.others.push(proxy);
  }
  return [...causes.values()];
}

function causeLines({ first: { proxy, what, why }, others }: Cause): readonly string[] {
  const line = `  ${proxy === null ? '' : `${proxy} `}${what}: ${why}`;
  return others.length === 0 ? [line] : [line, `    The same of ${others.length} more: ${listedNames(others)}.`];
}
