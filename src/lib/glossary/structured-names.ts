/** Names that istiod makes of ports, hosts and objects: what their parts say. */
import { ISTIO, type Term } from './term';

const SIDECAR = `${ISTIO}/ops/diagnostic-tools/proxy-cmd/`;
const MAX_PORT = 65_535;

/** A name that has parts which speak: null where the text is none. */
export function structuredName(text: string): Term | null {
  return clusterName(text) ?? serverName(text) ?? routeOrListenerName(text) ?? virtualHostName(text) ?? portName(text);
}

function clusterName(text: string): Term | null {
  const match = /^(outbound|inbound|inbound-vip)\|(\d*)\|([^|]*)\|([^|]*)$/.exec(text);
  if (match === null) return null;
  const [, direction = '', portText = '', subset = '', host = ''] = match;
  const says =
    direction === 'outbound'
      ? `The cluster for calls to port ${portText} of ${host}${subset === '' ? ', all of its endpoints' : `, those of the subset ${subset} of its DestinationRule`}.`
      : direction === 'inbound'
        ? `The cluster for calls that come in for port ${portText} of this pod's application.`
        : `A waypoint's cluster for port ${portText} of ${host}${subset === '' || subset === 'http' || subset === 'tcp' ? '' : `, subset ${subset}`}, on the way back to ztunnel.`;
  const filter = host === '' ? `--port ${portText}` : `--fqdn ${host}`;
  return {
    name: text,
    kind: 'cluster',
    says,
    cause: null,
    next: `mctl pc cluster POD.NAMESPACE ${filter} -o wide`,
    page: SIDECAR,
  };
}

function serverName(text: string): Term | null {
  const match = /^(outbound|inbound)_\.(\d+)_\.([^_]*)_\.(.+)$/.exec(text);
  if (match === null) return null;
  const [, , portText = '', subset = '', host = ''] = match;
  const part = subset === '' ? '' : ` (subset ${subset})`;
  return {
    name: text,
    kind: 'server name (SNI)',
    says: `The server name that a sidecar or gateway sends in mutual TLS of Istio: port ${portText} of ${host}${part}. An east-west gateway chooses the cluster outbound_.${portText}_.${subset}_.${host} by it.`,
    cause: null,
    next: `mctl pc cluster POD.NAMESPACE --fqdn ${host}`,
    page: `${ISTIO}/ops/configuration/traffic-management/dns/`,
  };
}

function routeOrListenerName(text: string): Term | null {
  const listenerMatch = /^((?:\d{1,3}\.){3}\d{1,3}|\[?[0-9a-f:]{2,}\]?)_(\d{1,5})$/i.exec(text);
  if (listenerMatch !== null) {
    const [, ip = '', portText = ''] = listenerMatch;
    const what = /^(?:0\.0\.0\.0|::|\[::\])$/.test(ip) ? `every address on port ${portText}` : `${ip}:${portText}`;
    return {
      name: text,
      kind: 'listener',
      says: `The listener for connections to ${what}: virtualOutbound hands them to it.`,
      cause: null,
      next: `mctl pc listener POD.NAMESPACE --port ${portText} -o json`,
      page: SIDECAR,
    };
  }
  const served = /^http\.(\d{1,5})$/.exec(text);
  if (served !== null) {
    return {
      name: text,
      kind: 'route configuration',
      says: `The route configuration of a gateway for HTTP on its port ${served[1] ?? ''}, of all Gateways that have servers there.`,
      cause: null,
      next: `mctl pc route POD.NAMESPACE --name ${text}`,
      page: SIDECAR,
    };
  }
  const gateway = /^(https?)\.(\d{1,5})\.([^.]+)\.([^.]+)\.([^.]+)$/.exec(text);
  if (gateway === null) return null;
  const [, , portText = '', portName = '', name = '', namespace = ''] = gateway;
  return {
    name: text,
    kind: 'route configuration',
    says: `The route configuration of the server ${portName} on port ${portText} of Gateway ${name} in ${namespace}.`,
    cause: null,
    next: `mctl pc route POD.NAMESPACE --name ${text}`,
    page: SIDECAR,
  };
}

function virtualHostName(text: string): Term | null {
  const inbound = /^inbound\|http\|(\d{1,5})$/.exec(text);
  const outbound = /^((?:[a-z0-9*-]+\.)*[a-z*][a-z0-9*-]*):(\d{1,5})$/i.exec(text);
  if (inbound === null && outbound === null) return null;
  return {
    name: text,
    kind: 'virtual host',
    says:
      inbound === null
        ? `The virtual host for requests to ${outbound?.[1] ?? ''} on port ${outbound?.[2] ?? ''}; it lists all names and addresses by which that is called.`
        : `The virtual host for requests that come in for port ${inbound[1] ?? ''} of this pod's application.`,
    cause: null,
    next:
      inbound === null
        ? `mctl pc route POD.NAMESPACE --name ${outbound?.[2] ?? ''} -o wide`
        : 'mctl pc route POD.NAMESPACE -o wide',
    page: SIDECAR,
  };
}

/** Whether a text could be the status of an answer. */
export function isStatus(text: string): boolean {
  return /^[1-5]\d\d$/.test(text);
}

/** A number that is no port of Istio's own; what could be a status is taken for none. */
function portName(text: string): Term | null {
  const number = Number(text);
  if (!/^[1-9]\d{0,4}$/.test(text) || number > MAX_PORT || isStatus(text)) return null;
  return {
    name: text,
    kind: 'port',
    says: `None of Istio's own ports. A sidecar has the routes for HTTP to port ${text} of any host in the route configuration ${text}, as long as it is not TCP for Istio.`,
    cause: null,
    next: `mctl pc listener POD.NAMESPACE --port ${text} -o wide`,
    page: SIDECAR,
  };
}
