/** The words of the way from proxy to proxy: how the destination was found, and where a walk ends that no proxy ends. */
import type { DestinationSource, LookedUp } from '../../trace/facts/destination';
import type { JourneyCause, UnknownProxyCause } from '../../trace/facts/journey';
import { tell, type Tellings } from './tellings';

const NOT_KNOWN = 'its configuration is not known';

export const JOURNEY: Tellings<JourneyCause | UnknownProxyCause> = {
  'one-hop': ({ cluster }) => `goes to ${cluster}; --one-hop ends the walk here`,
  'goes-round': ({ proxies }) => `the request goes round: it has met ${proxies} proxies`,
  'listeners-go-round': () => 'its internal listeners hand the connection round in a circle',
  'stops-before': ({ pod, why }) => `the walk stops before ${pod}: ${why ?? NOT_KNOWN}`,
  'stops-at-waypoint': ({ pod, why }) =>
    `the walk stops at the waypoint ${pod}, which decides where the request goes on: ${why ?? NOT_KNOWN}`,
  'waypoint-not-at-hand': ({ pod }) =>
    `the walk stops at the waypoint ${pod}: what it does with the request is in its own configuration, which is not known`,
};

const LOOKED_UP: Tellings<LookedUp> = {
  'service-of-ztunnel': ({ host }) => `service ${host}, as ztunnel answers DNS`,
  pod: () => 'the pod of that name',
  service: ({ name }) => `Service ${name}`,
  'virtual-host': ({ host }) => `an address of the virtual host that lists ${host}`,
  listener: ({ host }) => `the address of the listener for ${host}`,
  endpoint: ({ host }) => `an endpoint of ${host}`,
  'host-without-address': ({ host }) => `a host of the configuration, ${host}`,
};

const DESTINATION: Tellings<DestinationSource> = {
  told: ({ flag }) => `as ${flag} says`,
  'in-url': () => 'the URL holds the address itself',
  'pod-itself': ({ host }) => `${host} is the pod itself`,
  'looked-up': ({ as, count }) => {
    const what = tell(LOOKED_UP, as);
    return count === 1 ? what : `${what}, the first of ${count} addresses`;
  },
  'by-dns': ({ as, standsIn }) =>
    `${tell(LOOKED_UP, as)}, which has no address in the dump: ${standsIn} stands for the one that DNS gives`,
  'own-address': ({ of }) => `the ${of}'s own address`,
  'port-of-service': ({ port, service, target }) => `port ${port} of Service ${service} is the pod's ${target}`,
  'usual-port': ({ port, usual }) =>
    `port ${port} of a gateway's Service is usually the pod's ${usual}: its Service is not known`,
};

/** How the destination's address was found. */
export function destinationText(found: DestinationSource): string {
  return tell(DESTINATION, found);
}
