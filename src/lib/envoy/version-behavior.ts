/** Envoy's behaviour by its version, or by the runtime guard that a bootstrap sets. */
import type { ProxyConfig } from './proxy-config';

/**
 * Whether RBAC joins the values of a repeated header before it matches them: up to 1.37; from 1.38 it tries each alone.
 * https://www.envoyproxy.io/docs/envoy/latest/version_history/v1.38/v1.38 (rbac_match_headers_individually)
 */
export function rbacJoinsHeaders(config: ProxyConfig): boolean {
  return isBefore(config, 38);
}

/** The same for routes and other filters: up to 1.38. */
export function joinsHeaders(config: ProxyConfig): boolean {
  return isBefore(config, 39);
}

/** Whether the HTTP inspector takes a request with a method of its own for no HTTP: up to 1.38. */
export function inspectsStandardMethods(config: ProxyConfig): boolean {
  return isBefore(config, 39);
}

/** Where the dump does not say its version the older way counts: every release of Istio up to now has it. */
function isBefore(config: ProxyConfig, minor: number): boolean {
  const version = config.envoyVersion;
  return version === null || version.major < 1 || (version.major === 1 && version.minor < minor);
}
