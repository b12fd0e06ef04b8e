/** Where the caller's packet is addressed: as told, or looked up as the caller's own resolver would. */
import { isIP } from 'node:net';
import { parseIstioClusterName } from '../../envoy/cluster';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { UsageError } from '../../errors';
import type { AddressBook } from '../../mesh/address-book';
import type { ZtunnelIndex } from '../../mesh/ztunnel-index';
import { namedByZtunnel } from '../../mesh/ztunnel-names';
import { nearest } from '../../nearest';
import type { DestinationSource, LookedUp } from '../facts/destination';
import type { IpPort } from '../model';
import { addressesInDump, hostsInDump } from './dump-addresses';
import type { TraceQuery } from './query';
import type { RequestUrl } from './url';

export interface Destination {
  readonly address: IpPort;
  /** How it was found. */
  readonly found: DestinationSource;
  /** The Kubernetes Service that the host is, `NAME.NAMESPACE`. */
  readonly service?: string;
  /** Virtual addresses of the same host that were not taken. */
  readonly otherVips?: readonly string[];
}

/** What a host name is looked up in. */
export interface LookUp {
  readonly config: ProxyConfig;
  readonly book: AddressBook;
  /** What answers names in place of the pod's own resolver; null where nothing does. */
  readonly ztunnel?: ZtunnelIndex | null;
  /** The namespace whose search path a short name goes through; null where it is not known. */
  readonly namespace: string | null;
}

/** Stands for an address that is not known: what DNS gives for a host outside the mesh. https://www.rfc-editor.org/rfc/rfc5737 */
export const ELSEWHERE = '192.0.2.1';

/**
 * The destination of a request: --original-dst, --resolve, an IP literal, Kubernetes' Services and pods, then addresses
 * that the dump holds. Throws UsageError, naming the flag to give, for a host that is none of these.
 */
export function destinationOf(query: TraceQuery, url: RequestUrl, where: LookUp): Destination {
  if (query.originalDst !== undefined) {
    return { address: query.originalDst, found: { kind: 'told', flag: '--original-dst' } };
  }
  const { host, port } = connectedHost(query, url);
  return toldDestination(query, url) ?? lookUp(host, port, where) ?? unknownHost(host, port, where);
}

/** The destination where the question itself says it, by --resolve or an address in the URL; null where it does not. */
export function toldDestination(query: TraceQuery, url: RequestUrl): Destination | null {
  const { host, port } = connectedHost(query, url);
  const told = query.resolve?.find((one) => (one.host === host || one.host === '*') && one.port === port);
  if (told !== undefined) return { address: { ip: told.ip, port }, found: { kind: 'told', flag: '--resolve' } };
  const literal = literalOf(host);
  if (literal === null) return null;
  const found = literal === host ? ({ kind: 'in-url' } as const) : ({ kind: 'pod-itself', host } as const);
  return { address: { ip: literal, port }, found };
}

function connectedHost(query: TraceQuery, url: RequestUrl): { readonly host: string; readonly port: number } {
  return connectedTo(query, { host: withoutDot(url.host.toLowerCase()), port: url.port });
}

/** The first entry of --connect-to that has the URL's host and port. https://curl.se/docs/manpage.html (--connect-to) */
function connectedTo(query: TraceQuery, own: { readonly host: string; readonly port: number }): typeof own {
  const entry = query.connectTo?.find(
    ({ from }) => (from.host ?? own.host) === own.host && (from.port ?? own.port) === own.port,
  );
  return entry === undefined ? own : { host: entry.to.host ?? own.host, port: entry.to.port ?? own.port };
}

function literalOf(host: string): string | null {
  if (isIP(host) !== 0) return host;
  return host === 'localhost' || host.endsWith('.localhost') ? '127.0.0.1' : null;
}

/** As ztunnel's DNS proxy answers the pods that it serves. */
function byZtunnel(ztunnel: ZtunnelIndex, host: string, port: number, namespace: string): Destination | null {
  const named = namedByZtunnel(ztunnel, host, namespace);
  const [ip] = named?.ips ?? [];
  if (named === null || ip === undefined) return null;
  const found = foundAs({ kind: 'service-of-ztunnel', host: named.hostname }, named.ips);
  return { address: { ip, port }, found, ...besides(ip, named.ips) };
}

function lookUp(host: string, port: number, { config, book, ztunnel = null, namespace }: LookUp): Destination | null {
  const named = ztunnel === null ? null : byZtunnel(ztunnel, host, port, namespace ?? 'default');
  if (named !== null) return named;
  const listed = book.resolve(host, namespace);
  const [first] = listed;
  if (first !== undefined) {
    const service = book.serviceNamed(host, namespace);
    const address = { ip: first, port };
    if (service === null) return { address, found: foundAs({ kind: 'pod' }, listed) };
    const name = `${service.name}.${service.namespace}`;
    const found = foundAs({ kind: 'service', name }, listed);
    return { address, found, service: name, ...besides(first, service.clusterIps) };
  }
  const external = book.serviceNamed(host, namespace)?.externalName ?? null;
  const inDump =
    (external === null ? null : addressesInDump(config, external, port)) ?? addressesInDump(config, host, port);
  if (inDump === null) return null;
  const [address] = inDump.ips;
  if (address !== undefined) {
    const found = foundAs(inDump.as, inDump.ips);
    return { address: { ip: address, port }, found, ...besides(address, inDump.ips) };
  }
  return { address: { ip: ELSEWHERE, port }, found: { kind: 'by-dns', as: inDump.as, standsIn: ELSEWHERE } };
}

function besides(taken: string, vips: readonly string[]): Pick<Destination, 'otherVips'> {
  const otherVips = vips.includes(taken) ? vips.filter((ip) => ip !== taken) : [];
  return otherVips.length === 0 ? {} : { otherVips };
}

function foundAs(as: LookedUp, ips: readonly string[]): DestinationSource {
  return { kind: 'looked-up', as, count: ips.length };
}

function unknownHost(host: string, port: number, { config, book, namespace }: LookUp): never {
  const where = `Say where the packet goes with --original-dst IP:${port}, or --resolve ${host}:${port}:IP.`;
  const ports = portsOf(config, host);
  if (ports.length > 0) {
    const known = ports.join(', ');
    throw new UsageError(`This proxy knows the host ${host} on port ${known}, not on port ${port}`, {
      hint: `Call port ${known}, or add port ${port} to the Service or ServiceEntry. ${where}`,
    });
  }
  const external = book.serviceNamed(host, namespace)?.externalName ?? null;
  if (external !== null) {
    throw new UsageError(
      `${host} is a Service of type ExternalName: it stands for ${external}, whose address mctl does not know`,
      {
        hint: where,
      },
    );
  }
  const near = nearest(host, [...book.names(), ...hostsInDump(config)]);
  const meant = near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
  throw new UsageError(`${host} is not a Service, pod or host in this source, so mctl does not know its address`, {
    hint: `${meant}${where}`,
  });
}

/** Ports on which the proxy has a cluster of this very host. */
function portsOf(config: ProxyConfig, host: string): readonly number[] {
  const named = config.clustersOfHost(host).flatMap(({ name }) => parseIstioClusterName(name) ?? []);
  const ports = named.flatMap(({ fqdn, port, direction }) => (fqdn === host && direction === 'outbound' ? port : []));
  return [...new Set(ports)].filter((port) => port > 0).sort((a, b) => a - b);
}

function withoutDot(host: string): string {
  return host.endsWith('.') && host.length > 1 ? host.slice(0, -1) : host;
}
