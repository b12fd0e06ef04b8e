/** What stays the same through one walk of the mesh, and the look-ups that may have to wait for a proxy. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import { type ProxyId, proxyName } from '../../proxy-id';
import type { Decisions } from '../decisions';
import type { ExplainOptions } from '../explain-options';
import { type KnownMesh, NeedsProxy } from '../known-mesh';
import type { TraceQuery } from '../request/query';

export interface JourneyContext {
  readonly mesh: KnownMesh;
  readonly query: TraceQuery;
  readonly decisions: Decisions;
  readonly explain: ExplainOptions;
}

/** A proxy's configuration; null where it cannot be had. Throws NeedsProxy where nobody has fetched it. */
export function configOf(mesh: KnownMesh, id: ProxyId): ProxyConfig | null {
  const own = mesh.source.id;
  if (own !== null && proxyName(own) === proxyName(id)) return mesh.callerHasNoEnvoy === true ? null : mesh.source;
  const config = mesh.configOf(id);
  if (config === undefined) throw new NeedsProxy([id]);
  return config;
}

/** A pod's iptables rules as text; null where they are not to be had. */
export function rulesTextOf(mesh: KnownMesh, id: ProxyId | null): string | null {
  if (id === null) return null;
  const text = mesh.iptablesOf(id);
  if (text === undefined) throw new NeedsProxy([id]);
  return text;
}
