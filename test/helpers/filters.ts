/** What filters are given, with a plain HTTP request from 10.0.0.1 to 10.0.0.2:8080 as the default. */
import type { TypedExtension } from '../../src/lib/envoy/any';
import { ConfigDump } from '../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../src/lib/envoy/proxy-config';
import { rawList, type RawSection } from '../../src/lib/scan/raw-dump';
import { addressBook } from '../../src/lib/mesh/address-book';
import { Decisions } from '../../src/lib/trace/decisions';
import type { HttpFilterInput, NetworkFilterInput } from '../../src/lib/trace/filters/shared/input';
import { type ConnectionFacts, UNKNOWN_SOURCE_PORT } from '../../src/lib/http/connection-facts';
import { StreamState } from '../../src/lib/http/stream-state';
import type { HopContext } from '../../src/lib/trace/hop/context';
import type { HttpMessage } from '../../src/lib/http/message';

export function contextOf(more: Partial<HopContext> = {}, sections: readonly RawSection[] = []): HopContext {
  return {
    config: new ProxyConfig(new ConfigDump({ kind: 'config_dump', label: 'test', sections }), null, null),
    proxy: 'a.b',
    direction: 'inbound',
    book: addressBook({ pods: null, services: null, endpointSlices: null }),
    decisions: new Decisions(),
    explain: { limit: 5 },
    claims: null,
    now: null,
    ...more,
  };
}

/** A section of a dump with one list. */
export function sectionOf(type: string, list: string, entries: readonly unknown[]): RawSection {
  const raw = entries.map((entry, index) => ({
    pointer: `/configs/0/${list}/${index}`,
    size: 1,
    text: () => Buffer.from(JSON.stringify(entry)),
    hasBrief: false,
    brief: () => entry,
    json: () => entry,
  }));
  return {
    type: `type.googleapis.com/envoy.admin.v3.${type}`,
    pointer: '/configs/0',
    fields: {},
    lists: { [list]: rawList(raw) },
  };
}

export function versionSection(minor: number): RawSection {
  const version = { major_number: 1, minor_number: minor, patch: 0 };
  return {
    type: 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
    pointer: '/configs/0',
    fields: { bootstrap: { node: { user_agent_build_version: { version } } } },
    lists: {},
  };
}

export function messageOf(more: Partial<HttpMessage> = {}): HttpMessage {
  return {
    method: 'GET',
    authority: 'a.b',
    path: '/',
    scheme: 'http',
    protocol: 'HTTP/1.1',
    headers: [],
    ...more,
  };
}

export function factsOf(more: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return {
    local: { ip: '10.0.0.2', port: 8080 },
    directSource: { ip: '10.0.0.1', port: UNKNOWN_SOURCE_PORT },
    source: { ip: '10.0.0.1', port: UNKNOWN_SOURCE_PORT },
    detected: { transportProtocol: '', serverName: '', applicationProtocols: [] },
    tls: null,
    ...more,
  };
}

/** A caller over mutual TLS with this URI SAN. */
export function mtls(uri: string): Pick<ConnectionFacts, 'tls'> {
  return { tls: { certificate: { uriSans: [uri], dnsSans: [], subject: '' } } };
}

export function httpInput(filters: readonly object[], more: Partial<HttpFilterInput> = {}): HttpFilterInput {
  return {
    context: contextOf(),
    manager: { http_filters: filters },
    pointer: '/manager',
    message: messageOf(),
    connection: factsOf(),
    state: new StreamState(),
    routeConfiguration: {},
    virtualHost: {},
    route: {},
    weighted: null,
    cluster: 'c',
    ...more,
  };
}

export function networkInput(filter: TypedExtension, more: Partial<NetworkFilterInput> = {}): NetworkFilterInput {
  return {
    context: contextOf(),
    filter,
    pointer: '/filter',
    connection: factsOf(),
    state: new StreamState(),
    ...more,
  };
}

/** A filter of a chain by the end of its message's name. */
export function filterOf(name: string, message: string, config: object = {}): TypedExtension {
  return { name, typed_config: { '@type': `type.googleapis.com/${message}`, ...config } };
}
