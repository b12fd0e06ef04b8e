/** How requests meet a proxy. */
import type { ProxyConfig, ProxyType } from '../../envoy/proxy-config';
import type { IpPort } from '../model';
import { isBound, listenerIndex } from './listener-index';

/** The ports to which istio-init's rules redirect. https://istio.io/latest/docs/ops/deployment/application-requirements/ */
const REDIRECT_PORTS = [15001, 15006];

/**
 * A proxy's type as its node id says it in Istio's form. One of another product has an id of another form: without a listener
 * on a port that rules redirect to, nothing is captured for it, and it is met as a gateway is.
 */
export function roleOf(config: ProxyConfig): ProxyType {
  if (config.proxyType !== null) return config.proxyType;
  if (config.dump.section('Listeners') === null) return 'sidecar';
  const index = listenerIndex(config);
  const isSidecar = index.entries.length === 0 || REDIRECT_PORTS.some((port) => index.onPort(port).length > 0);
  return isSidecar ? 'sidecar' : 'router';
}

/** Names of the listeners that take what other pods send to a sidecar: Consul's and Open Service Mesh's. */
const INBOUND = /^(?:public_listener\b|inbound-listener$)/;

/** Where a sidecar of Consul or Open Service Mesh takes what other pods send to it; null where it has no such listener. */
export function inboundListener(config: ProxyConfig): IpPort | null {
  const entry = listenerIndex(config).entries.find(({ name, resource }) => INBOUND.test(name) && isBound(resource));
  const { address: ip = '', port_value: port = 0 } = entry?.resource.address?.socket_address ?? {};
  return entry === undefined ? null : { ip, port };
}
