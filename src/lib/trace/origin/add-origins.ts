/** Says of each step which object it came from. */
import type { Metadata } from '../../envoy/any';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { Hop, Origin, Step } from '../model';
import { fromFilterName, fromMetadata, fromRouteConfigurationName, fromVirtualHostName } from './istio-objects';

/** The hop with the origin of each step that has one. */
export function withOrigins(hop: Hop, config: ProxyConfig): Hop {
  return { ...hop, steps: hop.steps.map((step) => withOrigin(step, config)) };
}

function withOrigin(step: Step, config: ProxyConfig): Step {
  const origin = step.origin ?? originOf(step, config);
  return origin === null ? step : { ...step, origin };
}

function originOf(step: Step, config: ProxyConfig): Origin | null {
  const name = step.name ?? '';
  switch (step.stage) {
    case 'filter-chain':
    case 'route':
    case 'cluster':
      return written(step, config);
    case 'tls':
      return ruleOnly(written(step, config));
    case 'virtual-host':
      return written(step, config) ?? fromVirtualHostName(name);
    case 'route-configuration':
      return written(step, config) ?? fromRouteConfigurationName(name);
    case 'network-filter':
    case 'http-filter':
      return fromFilterName(name);
    default:
      return null;
  }
}

/** How TLS is spoken a rule says, not the Service. */
function ruleOnly(origin: Origin | null): Origin | null {
  return origin?.kind === 'DestinationRule' ? origin : null;
}

/** What the metadata says of the object that the step points at. */
function written({ config: pointer }: Step, config: ProxyConfig): Origin | null {
  const found = pointer === null ? null : resolve(config, pointer);
  return typeof found === 'object' && found !== null ? fromMetadata((found as { metadata?: Metadata }).metadata) : null;
}

type Resources = ReadonlyMap<string, unknown>;

const indexes = new WeakMap<ProxyConfig, Resources>();

/** Resources by their pointer, made once. */
function resourcesOf(config: ProxyConfig): Resources {
  const known = indexes.get(config);
  if (known !== undefined) return known;
  const { servingListeners } = config;
  const { routes, clusters } = config.dump;
  const all = [...servingListeners, ...routes, ...clusters];
  const index = new Map<string, unknown>(all.map(({ pointer, resource }) => [pointer, resource]));
  indexes.set(config, index);
  return index;
}

/** The value at a pointer into the dump; undefined where there is none. */
function resolve(config: ProxyConfig, pointer: string): unknown {
  const resources = resourcesOf(config);
  const pieces = pointer.split('/');
  for (let length = pieces.length; length > 1; length -= 1) {
    const found = resources.get(pieces.slice(0, length).join('/'));
    if (found !== undefined) return inside(found, pieces.slice(length));
  }
  return undefined;
}

function inside(value: unknown, pieces: readonly string[]): unknown {
  let at = value;
  for (const piece of pieces) {
    const key = piece.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}
