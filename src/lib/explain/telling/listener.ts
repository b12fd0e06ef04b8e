/** The words of listeners, listener filters and filter chains. */
import { type Detected, transportOf } from '../../http/connection-facts';
import { type IpPort, ipPortText } from '../../match/ip-port';
import type {
  CriterionCount,
  FilterChainCause,
  FilterChainMiss,
  ListenerCause,
  ListenerFilterEffect,
  ListenerFiltersCause,
  ListenerMiss,
} from '../../trace/facts/listener';
import type { Tellings } from './tellings';

const HEADER_FIRST = 'a PROXY protocol header comes first, which no filter before it takes off';
const HEADER_VERSION =
  'a PROXY protocol header of version 1 comes, which the listener does not allow (disallowed_versions)';

export const LISTENER: Tellings<ListenerCause | ListenerMiss> = {
  'listens-on': ({ address }) => `listens on ${ipPortText(address)}`,
  'wildcard-address': ({ port }) => `the wildcard address of port ${port}`,
  'internal-listener': () => 'the internal listener of that name',
  'hands-over': ({ address, destination }) =>
    `listens on ${ipPortText(address)}; hands ${ipPortText(destination)} over to its own listener`,
  'destination-not-restored': () =>
    'the original destination was not restored in time, so it serves the connection itself',
  'no-listener-of-its-own': ({ destination }) =>
    `no other listener is on ${ipPortText(destination)}, so its own filter chains decide`,
  'no-internal-listener': ({ name }) => `no internal listener is named ${name}`,
  'listener-open': ({ address }) =>
    `it depends on the listener to which Cilium redirects a connection for ${ipPortText(address)} in the kernel: call the port of the listener itself`,
  'no-listener': ({ address, absent }) => {
    const what = `no listener is bound to ${ipPortText(address)}`;
    if (absent === null) return what;
    const why =
      absent.state === 'warming'
        ? 'is warming: it waits for routes, secrets or extensions that have not come'
        : `was rejected: ${(absent.details ?? 'Envoy does not say why').replace(/\s+/g, ' ')}`;
    return `${what}: the listener ${absent.name} of that address ${why}`;
  },
  'other-address': ({ address, wanted }) =>
    `is on ${ipPortText(address)}: ${wanted === null ? 'less specific' : `the connection is for ${ipPortText(wanted)}`}`,
  'other-port': ({ port, wanted }) => `is on port ${port}, not ${wanted}`,
};

export const LISTENER_FILTERS: Tellings<ListenerFiltersCause> = {
  detected: ({ detected }) => detectedText(detected),
  'listener-filter-open': ({ input }) => `it depends on ${input}`,
  'waits-for-client': ({ timeoutMs }) => {
    const waits = 'the client waits for the server to speak first, and the listener filters wait for the client';
    return timeoutMs === null
      ? `${waits}; listener_filters_timeout is 0, so they wait without end`
      : `${waits}; after ${timeoutMs / 1000} s the connection is closed`;
  },
  'proxy-header-not-allowed': () => HEADER_VERSION,
  'proxy-header-missing': () => 'the listener wants a PROXY protocol header first, which this caller does not send',
  'proxy-header-left': () =>
    'no filter takes off the PROXY protocol header that the caller sends, so it is part of the bytes that the chain gets',
};

function detectedText({ transportProtocol, serverName, applicationProtocols }: Detected): string {
  const parts = [
    `transport protocol ${transportProtocol === '' ? 'raw_buffer' : transportProtocol}`,
    serverName === '' ? 'no server name' : `server name ${serverName}`,
    applicationProtocols.length === 0
      ? 'no application protocol'
      : `application protocols ${applicationProtocols.join(',')}`,
  ];
  return parts.join(', ');
}

/** What one listener filter does. */
export const EFFECTS: Tellings<ListenerFilterEffect> = {
  'disabled-for-port': ({ port }) => `disabled for port ${port}`,
  'filter-not-evaluated': () => 'not evaluated by mctl',
  'restores-destination': () => 'restores the original destination',
  'keeps-client-address': () => 'keeps the client address towards the upstream',
  'waits-for-first-byte': () => 'waits for a first byte',
  'no-client-hello': ({ headerFirst }) => (headerFirst ? `no ClientHello: ${HEADER_FIRST}` : 'no ClientHello'),
  'client-hello': ({ sni, alpn }) => `TLS, SNI ${sni ?? '(none)'}, ALPN ${alpn.join(',') || '(none)'}`,
  'transport-is-known': ({ transport }) => `nothing to do: the transport protocol is ${transport}`,
  'no-http': ({ why }) => {
    if (why === null) return 'no HTTP';
    return `no HTTP: ${why === 'header-first' ? HEADER_FIRST : 'it does not know the method'}`;
  },
  'http-detected': ({ protocol }) => protocol,
  'proxy-header-names': ({ source }) => `the PROXY protocol header names ${source ?? 'the caller'}`,
  'no-proxy-header': ({ allowed }) => (allowed ? 'no PROXY header: allowed' : 'no PROXY header'),
  'proxy-header-not-allowed': () => HEADER_VERSION,
};

export const FILTER_CHAIN: Tellings<FilterChainCause | FilterChainMiss> = {
  'only-chain': () => 'the only filter chain',
  'most-general-chain': () => 'no chain names anything more specific',
  'chain-criteria': ({ criteria }) => criteria.map(({ name, wanted }) => `${name} ${wanted}`).join('; '),
  'default-chain': () => 'no filter chain matches, so the default chain serves',
  'no-chain': ({ listener, local, detected }) =>
    `no filter chain of listener ${listener} takes ${cameText(local, detected)}, and it has no default chain`,
  'chains-left': ({ count, input }) => `which of ${count} filter chains serves depends on ${input}`,
  'chain-matcher-open': ({ input }) => `the filter chain matcher depends on ${input}`,
  'chain-matcher': ({ path }) => `the filter chain matcher names it: ${path.join(', ')}`,
  'chain-matcher-names-none': ({ name }) => `the filter chain matcher names ${name}, which the listener does not have`,
  'chain-criterion': ({ criterion, wanted, came, lessSpecific }) =>
    lessSpecific
      ? `${criterion} ${wanted ?? 'any'}: a more specific chain took ${came}`
      : `${criterion} ${wanted ?? 'any'} does not match ${came}`,
  'matcher-names-another': () => 'the matcher names another chain',
};

function cameText(local: IpPort, detected: Detected): string {
  const parts = [`${transportOf(detected) === 'tls' ? 'TLS' : 'plain text'} to ${ipPortText(local)}`];
  if (detected.serverName !== '') parts.push(`for ${detected.serverName}`);
  if (detected.applicationProtocols.length > 0) parts.push(`with ${detected.applicationProtocols.join(', ')}`);
  return parts.join(' ');
}

export function countText({ came, before, after }: CriterionCount): string {
  return `${came}: ${before} → ${after} chains`;
}
