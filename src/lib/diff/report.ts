/** What a comparison found, as one value. */
import type { ChangedBehavior } from '../reach/behavior';
import type { DumpsDiff } from './compare-dumps';
import type { FieldChange } from './compare-values';
import type { OutcomeWay } from './outcome';

export interface ProxyDiff extends DumpsDiff {
  /** The two proxies' names. */
  readonly a: string;
  readonly b: string;
}

/** Configurations, proxy by proxy. */
export interface ConfigurationDiff {
  /** Pairs that were compared. */
  readonly compared: number;
  /** Pairs with a difference, or with something that could not be compared. */
  readonly proxies: readonly ProxyDiff[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

/** How one request ends on one side: every way that it can take, or why that cannot be told. */
export type RequestOutcome =
  { readonly ways: readonly OutcomeWay[] } | { readonly error: string; readonly exitStatus: number };

export interface RequestDiff {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Empty where the outcome is the same. */
  readonly changed: readonly FieldChange[];
  readonly a: RequestOutcome;
  readonly b: RequestOutcome;
}

/** A proxy or pod whose requests were not compared, and why. */
export interface NotCompared {
  readonly name: string;
  readonly why: string;
}

/** Every request at once: the classes of those that end otherwise. */
export interface BehaviorDiff extends ChangedBehavior<FieldChange> {
  /** Pairs of proxies whose requests were compared. */
  readonly compared: number;
  /** What has no Envoy of which every request could be asked, and pairs that are no pairs. */
  readonly notCompared: readonly NotCompared[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

export interface DiffReport {
  readonly a: string;
  readonly b: string;
  /** Null where they were not compared. */
  readonly configuration: ConfigurationDiff | null;
  readonly requests: readonly RequestDiff[] | null;
  readonly behavior: BehaviorDiff | null;
}

/** Whether nothing differs. */
export function isSame({ configuration, requests, behavior }: DiffReport): boolean {
  const hasNone =
    configuration === null ||
    (configuration.onlyA.length === 0 &&
      configuration.onlyB.length === 0 &&
      configuration.proxies.every(({ views }) => views.length === 0));
  const behavesAlike =
    behavior === null || behavior.classes.length + behavior.onlyA.length + behavior.onlyB.length === 0;
  return hasNone && behavesAlike && (requests ?? []).every(({ changed }) => changed.length === 0);
}

/** The report as JSON: `same` first. */
export function diffJson(report: DiffReport): object {
  const { a, b, configuration, requests, behavior } = report;
  return {
    same: isSame(report),
    a,
    b,
    proxies: configuration?.proxies ?? null,
    onlyInA: configuration?.onlyA ?? null,
    onlyInB: configuration?.onlyB ?? null,
    requests: requests?.map((request) => ({ ...request, same: request.changed.length === 0 })) ?? null,
    behavior,
  };
}
