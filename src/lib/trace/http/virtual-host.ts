/**
 * Chooses the virtual host of a route configuration by the request's authority.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualhost (domains)
 */
import type { RouteConfiguration, VirtualHost } from '../../envoy/route';
import { asciiLower } from '../../match/string-matcher';
import { watcher } from '../../match/watch';
import { nearest } from '../../nearest';
import type { VirtualHostCause } from '../facts/routing';
import type { MissOf } from '../facts/step';
import { withoutPort } from '../../http/authority';
import { firstHeader, type HeaderValue, type HttpMessage } from '../../http/message';
import { rememberedFor } from '../../remembered';

export interface VirtualHostAt {
  readonly host: VirtualHost;
  readonly index: number;
  /** The domain as it is written. */
  readonly domain: string;
}

/** The virtual host that was chosen, why, and which others came near. */
export interface VirtualHostChoice {
  /** Null where nothing matched. */
  readonly chosen: VirtualHostAt | null;
  /** Why this one, or why none. */
  readonly cause: VirtualHostCause;
  /** The nearest candidates not taken, nearest first, at most as many as were asked for. */
  readonly rejected: readonly MissOf<'virtual-host'>[];
  readonly rejectedCount: number;
}

/** Wildcards by what is written beside the star, so that of thousands those are found that a name begins with or ends in. */
class Wildcards {
  readonly #byText = new Map<string, VirtualHostAt[]>();
  readonly #cut: (name: string, length: number) => string;
  /** How long the texts are, the longest first; null as long as there may be others. */
  #lengths: readonly number[] | null = null;

  /** @param cut so many characters of a name, from the end where the wildcard is a beginning */
  constructor(cut: (name: string, length: number) => string) {
    this.#cut = cut;
  }

  add(text: string, at: VirtualHostAt): void {
    const known = this.#byText.get(text);
    if (known === undefined) this.#byText.set(text, [at]);
    else known.push(at);
    this.#lengths = null;
  }

  /** How many different texts there are. */
  get size(): number {
    return this.#byText.size;
  }

  /** Those that take a name, the longest first. The star stands for one character or more. */
  takers(name: string): readonly VirtualHostAt[] {
    this.#lengths ??= [...new Set([...this.#byText.keys()].map((text) => text.length))].sort((a, b) => b - a);
    return this.#lengths.flatMap((length) =>
      length < name.length ? (this.#byText.get(this.#cut(name, length)) ?? []) : [],
    );
  }
}

/** A route configuration's domains: a map of exact names, wildcards by their texts, and `*`. */
export class VirtualHostIndex {
  readonly size: number;
  readonly #exact = new Map<string, VirtualHostAt>();
  readonly #suffixes = new Wildcards((name, length) => name.slice(name.length - length));
  readonly #prefixes = new Wildcards((name, length) => name.slice(0, length));
  #any: VirtualHostAt | null = null;

  constructor(configuration: RouteConfiguration) {
    const hosts = configuration.virtual_hosts ?? [];
    this.size = hosts.length;
    for (const [index, host] of hosts.entries()) {
      for (const domain of host.domains ?? []) this.#add({ host, index, domain });
    }
  }

  #add(at: VirtualHostAt): void {
    const domain = asciiLower(at.domain);
    if (domain === '*') this.#any ??= at;
    else if (domain.startsWith('*')) this.#suffixes.add(domain.slice(1), at);
    else if (domain.endsWith('*')) this.#prefixes.add(domain.slice(0, -1), at);
    else if (!this.#exact.has(domain)) this.#exact.set(domain, at);
  }

  /** Every virtual host that would take the name, the one that does first. */
  takers(name: string): readonly VirtualHostAt[] {
    const exact = this.#exact.get(name);
    return [
      ...(exact === undefined ? [] : [exact]),
      ...this.#suffixes.takers(name),
      ...this.#prefixes.takers(name),
      ...(this.#any === null ? [] : [this.#any]),
    ];
  }

  /** Whether `*` is the only domain that there is: nothing is looked for then. */
  get takesAll(): boolean {
    return this.#any !== null && this.#exact.size + this.#suffixes.size + this.#prefixes.size === 0;
  }

  /** Domains that look like a name. */
  near(name: string, limit: number): readonly VirtualHostAt[] {
    return nearest(name, this.#exact.keys(), limit).flatMap((domain) => this.#exact.get(domain) ?? []);
  }
}

/** The virtual hosts of a route configuration by their domains, made once. */
export const virtualHostIndex = rememberedFor(
  (configuration: RouteConfiguration): VirtualHostIndex => new VirtualHostIndex(configuration),
);

/**
 * What a virtual host is looked for by: the authority, or the first value of the header that the configuration names in its place. Null
 * where there is none, as where a filter takes the authority away: not even `*` takes the request then, unless it is the only domain.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route.proto (vhost_header)
 */
export function virtualHostName(configuration: RouteConfiguration, message: HttpMessage): HeaderValue | null {
  const header = configuration.vhost_header ?? '';
  if (header !== '') watcher()?.reads(header.toLowerCase(), message);
  const named = header === '' ? message.authority : firstHeader(message, header);
  return named ?? (virtualHostIndex(configuration).takesAll ? '' : null);
}

/** That no virtual host is looked for, since the header that names one is not there. */
export function unnamedVirtualHost(configuration: RouteConfiguration): VirtualHostChoice {
  const cause = { kind: 'no-domain', configuration: configuration.name ?? '', authority: '', nearest: [] } as const;
  return { chosen: null, cause, rejected: [], rejectedCount: virtualHostIndex(configuration).size };
}

/** Chooses the virtual host: exact name, then the longest suffix wildcard, then the longest prefix wildcard, then `*`. */
export function chooseVirtualHost(
  configuration: RouteConfiguration,
  authority: string,
  limit: number,
): VirtualHostChoice {
  if ((configuration.vhost_header ?? '') === '') watcher()?.authority(configuration, authority);
  const index = virtualHostIndex(configuration);
  const lower = asciiLower(authority);
  const name = configuration.ignore_port_in_host_matching === true ? withoutPort(lower) : lower;
  const [chosen, ...others] = index.takers(name);
  if (chosen === undefined) return missed(index, configuration, name, limit);
  const rejected: MissOf<'virtual-host'>[] = others.slice(0, limit).map((other) => ({
    name: other.host.name ?? '',
    cause: { kind: 'less-specific-domain', domain: other.domain, authority: name, than: chosen.domain },
  }));
  const { domain } = chosen;
  const cause: VirtualHostCause =
    asciiLower(domain) === name
      ? { kind: 'domain-is-authority', domain }
      : { kind: 'domain-takes', domain, authority: name };
  return { chosen, cause, rejected, rejectedCount: index.size - 1 };
}

function missed(
  index: VirtualHostIndex,
  configuration: RouteConfiguration,
  name: string,
  limit: number,
): VirtualHostChoice {
  const close = index.near(name, limit);
  const rejected = close.map((other): MissOf<'virtual-host'> => ({
    name: other.host.name ?? '',
    cause: { kind: 'other-domain', domain: other.domain, authority: name },
  }));
  const nearest = close.slice(0, 3).map(({ domain }) => domain);
  const cause = { kind: 'no-domain', configuration: configuration.name ?? '', authority: name, nearest } as const;
  return { chosen: null, cause, rejected, rejectedCount: index.size };
}
