/** What advice about a dead end goes by. */
import type { Hop, Outcome, Step, TracedRequest } from '../../trace/model';
import { shellWord } from '../../shell-word';
import { endingStep, type Walk } from './dead-end';

export interface DeadEnd {
  readonly request: TracedRequest;
  readonly outcome: Outcome;
  /** The hop at which it ended. */
  readonly hop: Hop;
  /** The one before it; null for the first. */
  readonly before: Hop | null;
  readonly step: Step;
}

/** Null where the walk has no step that ended it. */
export function deadEndOf(request: TracedRequest, walk: Walk): DeadEnd | null {
  const place = endingStep(walk);
  if (place === null) return null;
  const before = place.hopIndex === 0 ? null : (walk.hops[place.hopIndex - 1] ?? null);
  return { request, outcome: walk, hop: place.hop, before, step: place.step };
}

/** A Service's name and namespace, where a host is one of Kubernetes': `reviews.bookinfo.svc.cluster.local`. */
export function serviceOf(host: string): { readonly name: string; readonly namespace: string } | null {
  const [name, namespace, svc] = host.split('.');
  return name !== undefined && namespace !== undefined && svc === 'svc' ? { name, namespace } : null;
}

/** What to do next. */
export interface Advice {
  /** Why it ended so, where the step that ended it says it less well. */
  readonly cause?: string;
  /** The line that prints the object to edit, where it is another than the ending step's. */
  readonly object?: string;
  readonly text: string;
  /** Command lines that show more. */
  readonly commands: readonly string[];
}

/** `mctl pc route POD.NS --name 9080`; the pod is left out where it is not known. */
export function mctl(view: string, proxy: string | null, ...flags: readonly string[]): string {
  return ['mctl', 'pc', view, ...(proxy === null ? [] : [proxy]), ...flags].map(shellWord).join(' ');
}

/** Names in backticks: `reviews`, `ratings`. */
export function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** The host that the request is addressed to, without its port. */
export function hostOf({ authority, url }: TracedRequest): string {
  const text = authority ?? url.replace(/^[a-z0-9.+-]+:\/\//i, '').replace(/\/.*$/, '');
  return text.replace(/:\d+$/, '');
}

/** A command of mctl's own asks the source that the trace came from. */
export function withSource(line: string, source: readonly string[]): string {
  return line.startsWith('mctl ') && source.length > 0 ? `${line} ${source.map(shellWord).join(' ')}` : line;
}
