/** Listeners that would take a connection, had Envoy not refused them, or were they not still waiting for what they need. */
import { messageOf } from '../../envoy/any';
import type { Listener } from '../../envoy/listener';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { isAnyAddress, sameIp } from '../../match/cidr';
import type { AbsentListener } from '../facts/listener';
import type { IpPort } from '../model';
import { addressesOf } from './listener-index';

export interface AbsentListenerAt {
  readonly pointer: string;
  readonly listener: AbsentListener;
}

/**
 * The listener of an address that does not serve, and why; null where there is none.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto (DynamicListener: error_state, warming_state)
 */
export function absentListener(config: ProxyConfig, wanted: IpPort): AbsentListenerAt | null {
  for (const entry of config.dump.listeners) {
    if (entry.state !== 'error' && entry.state !== 'warming') continue;
    const listener = entry.resource ?? messageOf<Listener>(entry.failure?.failed_configuration);
    const addresses = addressesOf(listener);
    const isOf = addresses.length === 0 ? isNamedFor(entry.name, wanted) : addresses.some((own) => takes(own, wanted));
    if (!isOf) continue;
    const name = listener.name ?? entry.name;
    const state = entry.state === 'warming' ? 'warming' : 'refused';
    return { pointer: entry.pointer, listener: { name, state, details: entry.failure?.details ?? null } };
  }
  return null;
}

/** What istiod calls the listeners of the ports that connections are redirected to. */
const REDIRECT_LISTENERS: ReadonlyMap<number, string> = new Map([
  [15001, 'virtualOutbound'],
  [15006, 'virtualInbound'],
]);

/** Where a dump leaves the refused configuration out, Istio's name of the listener says the address. */
function isNamedFor(name: string, { ip, port }: IpPort): boolean {
  return name === `0.0.0.0_${port}` || name === `${ip}_${port}` || name === REDIRECT_LISTENERS.get(port);
}

function takes(own: IpPort, wanted: IpPort): boolean {
  return own.port === wanted.port && (isAnyAddress(own.ip) || sameIp(own.ip, wanted.ip));
}
