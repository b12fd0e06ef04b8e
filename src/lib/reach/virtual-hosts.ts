/**
 * Which hosts a virtual host takes: those of its domains that no more specific domain of another takes.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualhost (domains)
 */
import type { RouteConfiguration } from '../envoy/route';
import { withoutPort } from '../http/authority';
import type { RegexNode } from '../match/regex-syntax';
import { asciiLower } from '../match/string-matcher';
import { firstTaking, type Labelled } from './build-language';
import type { ReachCondition } from './cell';
import { Language } from './language';

/** What stands behind the host in an authority: `:9080`, or nothing. */
export type AuthorityPort = string;

/** That the authority is taken by the virtual host that takes this one, or by none. */
export function virtualHostCondition(
  configuration: RouteConfiguration,
  authority: string,
  port: AuthorityPort,
): ReachCondition {
  const hosts = configuration.virtual_hosts ?? [];
  const languages = languagesOf(configuration);
  const name = configuration.ignore_port_in_host_matching === true ? withoutPort(authority) : authority;
  const found = languages.findIndex((one) => one.has(asciiLower(name)));
  const own = found < 0 ? Language.none : (languages[found] ?? Language.none);
  const isCut = configuration.ignore_port_in_host_matching === true || port === '';
  const host = hosts[found];
  const words = host === undefined ? 'no virtual host takes' : hostWords(host.name ?? '', host.domains ?? []);
  return {
    dimension: 'host',
    key: `host ${configuration.name ?? ''} ${found} ${isCut ? '' : port}`,
    set: { absent: false, values: isCut ? own : own.before(port) },
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

const known = new WeakMap<RouteConfiguration, readonly Language[]>();

/** Of each virtual host the names that it takes, and last those that none takes. */
function languagesOf(configuration: RouteConfiguration): readonly Language[] {
  const found = known.get(configuration) ?? made(configuration);
  known.set(configuration, found);
  return found;
}

const SOME: RegexNode = {
  kind: 'repeat',
  inner: { kind: 'class', ranges: [[0, 0x10ffff]], negated: false },
  min: 1,
  max: null,
};

/** Exact names, then suffix wildcards, then prefix wildcards, the longest first, then `*`. */
function made(configuration: RouteConfiguration): readonly Language[] {
  const ranked: (Labelled & { readonly rank: number; readonly length: number })[] = [];
  const hosts = configuration.virtual_hosts ?? [];
  for (const [label, { domains = [] }] of hosts.entries()) {
    for (const one of domains) {
      const domain = asciiLower(one);
      const literal = (text: string): RegexNode => ({ kind: 'literal', text, anyCase: false });
      const length = -domain.length;
      if (domain === '*')
        ranked.push({ label, rank: 3, length, node: { kind: 'repeat', inner: SOME, min: 0, max: 1 } });
      else if (domain.startsWith('*'))
        ranked.push({ label, rank: 1, length, node: { kind: 'sequence', parts: [SOME, literal(domain.slice(1))] } });
      else if (domain.endsWith('*'))
        ranked.push({
          label,
          rank: 2,
          length,
          node: { kind: 'sequence', parts: [literal(domain.slice(0, -1)), SOME] },
        });
      else ranked.push({ label, rank: 0, length: 0, node: literal(domain) });
    }
  }
  return firstTaking(
    ranked.sort((a, b) => a.rank - b.rank || a.length - b.length),
    hosts.length,
  );
}
