/**
 * What Envoy refused, and listeners that wait: configuration that a control plane pushed and that does not serve.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto#admin-v3-updatefailurestate
 */
import type { ResourceEntry } from '../envoy/config-dump';
import type { ProxyConfig } from '../envoy/proxy-config';
import { failureText } from '../view/state-text';
import type { Finding } from './finding';

/** Resources that Envoy has refused, with what it says of each. */
export function rejectedResources({ dump }: ProxyConfig): readonly Finding[] {
  return [
    ...rejected('listener', dump.listeners),
    ...rejected('cluster', dump.clusters),
    ...rejected('route', dump.routes),
  ];
}

/** Of a resource that was refused an older version may serve on. */
function rejected(kind: string, entries: readonly ResourceEntry<unknown>[]): readonly Finding[] {
  const serving = new Set(
    entries.filter(({ state }) => state === 'active' || state === 'static').map(({ name }) => name),
  );
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    const { name, pointer } = entry;
    if (entry.failure === null || seen.has(name)) return [];
    seen.add(name);
    const rest = serving.has(name) ? 'the version before it serves on' : 'there is no version that serves';
    return {
      rule: 'rejected-resource',
      severity: 'error',
      resource: `${kind} ${name}`,
      message: `Envoy rejected what was pushed: ${failureText(entry)}; ${rest}`,
      owner: null,
      config: pointer,
    } as const;
  });
}

/** A listener that was never active: what it needs (a secret, a route configuration) has not come. */
export function warmingListeners({ dump }: ProxyConfig): readonly Finding[] {
  const active = new Set(dump.listeners.filter(({ state }) => state === 'active').map(({ name }) => name));
  return dump.listeners
    .filter(({ name, state }) => state === 'warming' && !active.has(name))
    .map(({ name, pointer }) => ({
      rule: 'warming-listener',
      severity: 'warning',
      resource: `listener ${name}`,
      message: 'it is warming and takes no connection yet: it waits for its routes, secrets or clusters',
      owner: null,
      config: pointer,
    }));
}
