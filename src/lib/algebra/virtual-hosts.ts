/**
 * Which hosts a virtual host takes: those of its domains that no more specific domain of another takes.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualhost (domains)
 */
import type { RouteConfiguration } from '../envoy/route';
import { withoutPort } from '../http/authority';
import type { RegexNode } from '../match/regex-syntax';
import { asciiLower } from '../match/string-matcher';
import { firstTaking, type Labelled, SOME } from './build-language';
import type { ReachCondition } from './cell';
import { type TextLabels, labelOf, labelsBefore } from './texts';

/** What stands behind the host in an authority: `:9080`, or nothing. */
export type AuthorityPort = string;

/** That the authority is taken by the virtual host that takes this one, or by none. */
export function virtualHostCondition(
  configuration: RouteConfiguration,
  authority: string,
  port: AuthorityPort,
): ReachCondition {
  const hosts = configuration.virtual_hosts ?? [];
  const ignoresPort = configuration.ignore_port_in_host_matching === true;
  const name = ignoresPort ? withoutPort(authority) : authority;
  const of = labelsFor(configuration, ignoresPort ? '' : port);
  const label = labelOf(labelsFor(configuration, ''), asciiLower(name));
  const host = hosts[label - 1];
  const words = host === undefined ? 'no virtual host takes' : hostWords(host.name ?? '', host.domains ?? []);
  return {
    dimension: 'host',
    key: `host ${configuration.name ?? ''} ${label} ${ignoresPort ? '' : port}`,
    absent: false,
    texts: { of, label, isNot: false },
    yes: words,
    no: `not ${words}`,
    preferred: (host?.domains ?? []).filter((domain) => !domain.includes('*')).map((domain) => withoutPort(domain)),
  };
}

/** Istio names a virtual host after its host and port. */
function hostWords(name: string, domains: readonly string[]): string {
  if (domains.length === 1 && domains[0] === '*') return 'any other';
  const host = withoutPort(name);
  const isName = domains.some((domain) => withoutPort(domain) === host);
  return isName ? host : domains.slice(0, 2).join(', ') + (domains.length > 2 ? ', …' : '');
}

const known = new WeakMap<RouteConfiguration, Map<AuthorityPort, TextLabels>>();

/** Of each host, written before this port, the number of the virtual host that takes it, from 1; 0 where none does. */
function labelsFor(configuration: RouteConfiguration, port: AuthorityPort): TextLabels {
  const byPort = known.get(configuration) ?? new Map<AuthorityPort, TextLabels>();
  known.set(configuration, byPort);
  const found =
    byPort.get(port) ?? (port === '' ? made(configuration) : labelsBefore(labelsFor(configuration, ''), port));
  byPort.set(port, found);
  return found;
}

/** Exact names, which are listed, then suffix wildcards, then prefix wildcards, the longest first, then `*`. */
function made(configuration: RouteConfiguration): TextLabels {
  const ranked: (Labelled & { readonly rank: number; readonly length: number })[] = [];
  const listed = new Map<string, number>();
  for (const [index, { domains = [] }] of (configuration.virtual_hosts ?? []).entries()) {
    for (const one of domains) {
      const [domain, label] = [asciiLower(one), index + 1];
      const wildcard = wildcardOf(domain);
      if (wildcard !== null) ranked.push({ label, length: -domain.length, ...wildcard });
      else if (!listed.has(domain)) listed.set(domain, label);
    }
  }
  return { ...firstTaking(ranked.sort((a, b) => a.rank - b.rank || a.length - b.length)), listed };
}

/** Null for an exact name. */
function wildcardOf(domain: string): { readonly rank: number; readonly node: RegexNode } | null {
  const literal = (text: string): RegexNode => ({ kind: 'literal', text, anyCase: false });
  if (domain === '*') return { rank: 3, node: { kind: 'repeat', inner: SOME, min: 0, max: 1 } };
  if (domain.startsWith('*')) {
    return { rank: 1, node: { kind: 'sequence', parts: [SOME, literal(domain.slice(1))] } };
  }
  return domain.endsWith('*')
    ? { rank: 2, node: { kind: 'sequence', parts: [literal(domain.slice(0, -1)), SOME] } }
    : null;
}
