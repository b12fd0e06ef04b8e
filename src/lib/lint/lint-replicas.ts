/** Lint of many proxies, of which replicas of a workload have the same configuration: it is looked over once. */
import { fingerprintOf } from '../envoy/fingerprint';
import type { ProxyConfig } from '../envoy/proxy-config';
import { joinsHeaders } from '../envoy/version-behavior';
import { type Linted, linted } from './linted';

/** A lint that remembers what it found, by what it looked at. Throws what lint throws. */
export function lintOfReplicas(): (config: ProxyConfig) => Linted {
  const known = new Map<string, Linted>();
  return (config) => {
    // Of the bootstrap, which replicas never share, it looks at this alone.
    const key = `${fingerprintOf(config.dump, config.statuses)} ${joinsHeaders(config)}`;
    const found = known.get(key) ?? linted(config);
    known.set(key, found);
    return found;
  };
}
