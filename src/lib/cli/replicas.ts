/** Which of several replicas' views say something else than the others. */
import { createHash } from 'node:crypto';

/** A replica, and a hash of each thing that its view showed, by name. */
export interface Replica {
  readonly name: string;
  readonly shown: ReadonlyMap<string, string>;
}

/** What differs between any two proxies, and means nothing: counters and times. */
const VOLATILE = new Set(['stats', 'lastUpdated', 'last_updated', 'versionInfo', 'version_info', 'successRate']);
const SHOWN = 5;

/** What of a replica's table is compared: its rows. */
export function replicaOfRows(name: string, rows: readonly (readonly string[])[]): Replica {
  return { name, shown: new Map(rows.map((row) => [row.filter((cell) => cell !== '').join(' '), ''])) };
}

/** What of a replica's JSON value is compared: its resources. Small, so that many views need not stay in memory. */
export function replicaOfValue(name: string, value: object): Replica {
  const shown = new Map<string, string>();
  for (const [index, resource] of (Array.isArray(value) ? (value as unknown[]) : [value]).entries()) {
    const { name: own, clusterName } = (resource ?? {}) as { name?: unknown; clusterName?: unknown };
    const key = [own, clusterName].find(isName) ?? `entry ${index + 1}`;
    const text = JSON.stringify(resource, (field, held: unknown) => (VOLATILE.has(field) ? undefined : held));
    shown.set(
      key,
      createHash('sha256')
        .update(`${shown.get(key) ?? ''}${text}`)
        .digest('base64'),
    );
  }
  return { name, shown };
}

/** Lines that say which replicas agree, and in which resources one differs; none for fewer than two. */
export function differences(replicas: readonly Replica[]): readonly string[] {
  if (replicas.length < 2) return [];
  const groups = new Map<string, Replica[]>();
  for (const one of replicas) {
    const key = JSON.stringify([...one.shown].sort());
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const [most = [], ...others] = [...groups.values()].sort((a, b) => b.length - a.length);
  const [model] = most;
  if (model === undefined || others.length === 0) return [`All ${replicas.length} replicas show the same.`];
  const agree =
    most.length === 1 ? `Compared with ${model.name}` : `${most.length} of ${replicas.length} replicas agree`;
  return [
    `${agree}:`,
    ...others.flat().map((one) => `  ${one.name} differs in ${namesOf(unlike(model.shown, one.shown))}`),
  ];
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function unlike(a: Replica['shown'], b: Replica['shown']): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

function namesOf(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
