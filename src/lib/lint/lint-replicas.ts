/** Lint of many proxies, of which replicas of a workload have the same configuration: it is looked over once. */
import { fingerprintOf } from '../envoy/fingerprint';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Finding } from './finding';
import { lint } from './lint';

/** A lint that remembers what it found, by what it looked at. Throws what lint throws. */
export function lintOfReplicas(): (config: ProxyConfig) => readonly Finding[] {
  const known = new Map<string, readonly Finding[]>();
  return (config) => {
    const key = fingerprintOf(config.dump, config.statuses);
    const findings = known.get(key) ?? lint(config);
    known.set(key, findings);
    return findings;
  };
}
