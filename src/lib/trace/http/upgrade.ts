/**
 * Requests that ask for another protocol: CONNECT and HTTP/1.1 upgrades.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades
 */
import type { HttpConnectionManager } from '../../envoy/listener';
import type { RouteAction, UpgradeConfig } from '../../envoy/route';
import { firstHeader, headerValues, type HttpMessage } from '../../http/message';
import { tokensOf } from '../../http/header-tokens';

/** The protocol asked for: `CONNECT`, `websocket`, …; null for a plain request. */
export function upgradeOf(message: HttpMessage): string | null {
  if (message.method === 'CONNECT') return 'CONNECT';
  const asks = headerValues(message, 'connection').some((value) => tokensOf(value).includes('upgrade'));
  const upgrade = firstHeader(message, 'upgrade');
  return asks && typeof upgrade === 'string' && upgrade !== '' ? upgrade : null;
}

/** Whether the route, or the manager where the route says nothing, lets the upgrade through. */
export function allowsUpgrade(upgrade: string, manager: HttpConnectionManager, action: RouteAction | null): boolean {
  const named = (configs: readonly UpgradeConfig[] = []): UpgradeConfig | undefined =>
    configs[upgradeIndex(upgrade, configs)];
  const own = named(action?.upgrade_configs);
  if (own !== undefined) return own.enabled !== false;
  const general = named(manager.upgrade_configs);
  return general !== undefined && general.enabled !== false;
}

/** Where the settings of an upgrade stand in a list; -1 where it has none. */
export function upgradeIndex(upgrade: string, configs: readonly UpgradeConfig[]): number {
  const wanted = upgrade.toLowerCase();
  return configs.findIndex((config) => (config.upgrade_type ?? '').toLowerCase() === wanted);
}
