/** A configuration that istiod pushed, as far as a stock Envoy can load it: from files, without Istio's own filters. */
import { accessLog, type LogLine } from '../rig/access-log';
import { fileName, fromFile, type Resources } from '../rig/envoy';
import type { Message } from '../generate/message';

interface Dump {
  readonly configs: readonly Readonly<Record<string, unknown>>[];
}

/** The dump's resources; secrets come from elsewhere, since a dump holds no private key. */
export function stockResources(dumpText: string, directory: string, secrets: readonly Message[]): Resources {
  const dump = JSON.parse(dumpText) as Dump;
  const stock = (resource: Message): Message => fromFiles(withoutExtensions(resource), directory) as Message;
  return {
    listeners: resources(dump, 'dynamic_listeners', ['active_state', 'listener']).map((one) =>
      logged(stock(one), `${directory}/access.log`, String(one['name'])),
    ),
    clusters: resources(dump, 'dynamic_active_clusters', ['cluster']).map(stock),
    routeConfigurations: resources(dump, 'dynamic_route_configs', ['route_config']).map(stock),
    loadAssignments: resources(dump, 'dynamic_endpoint_configs', ['endpoint_config']).map(stock),
    secrets,
  };
}

/** The names of the secrets that a dump has. */
export function secretNames(dumpText: string): readonly string[] {
  const dump = JSON.parse(dumpText) as Dump;
  return dump.configs.flatMap((section) => listOf(section, 'dynamic_active_secrets').map(({ name }) => String(name)));
}

function listOf(section: Message, list: string): readonly Message[] {
  const found = section[list];
  return Array.isArray(found) ? (found as readonly Message[]) : [];
}

function resources({ configs }: Dump, list: string, path: readonly string[]): readonly Message[] {
  return configs.flatMap((section) =>
    listOf(section, list).flatMap((entry): readonly Message[] => {
      let found: Message | undefined = entry;
      for (const key of path) found = found?.[key] as Message | undefined;
      return found === undefined ? [] : [found];
    }),
  );
}

/** Fields that lead to other services, or that a stock Envoy would refuse. */
const LEFT_OUT = new Set(['access_log', 'tracing']);
const STOCK = /^type\.googleapis\.com\/(?:envoy|google|xds)\./;

/** Istio's own kinds of filter state, which hold texts. */
const ISTIO_OBJECTS: ReadonlySet<unknown> = new Set(['istio.hashable_string']);

function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(isStock).map((one) => withoutExtensions(one as unknown));
  if (typeof value !== 'object' || value === null) return ISTIO_OBJECTS.has(value) ? 'envoy.string' : value;
  const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutExtensions(inner)]));
}

function isStock(value: unknown): boolean {
  const type = (value as { typed_config?: { '@type'?: string } } | null)?.typed_config?.['@type'];
  return type === undefined || STOCK.test(type);
}

/** Every config source becomes the file that holds the resource. */
function fromFiles(value: unknown, directory: string): unknown {
  if (Array.isArray(value)) return value.map((one) => fromFiles(one as unknown, directory));
  if (typeof value !== 'object' || value === null) return value;
  const message = value as Message;
  const file = (kind: string, name: unknown): Message => fromFile(`${directory}/${kind}-${fileName(name)}.json`);
  const moved: Readonly<Record<string, Message>> = {
    ...('route_config_name' in message ? { config_source: file('rds', message['route_config_name']) } : {}),
    ...('sds_config' in message ? { sds_config: file('sds', message['name']) } : {}),
    ...('eds_config' in message ? { eds_config: file('eds', message['service_name']) } : {}),
  };
  const rest = Object.entries(message).filter(([key]) => !(key in moved));
  return { ...Object.fromEntries(rest.map(([key, inner]) => [key, fromFiles(inner, directory)])), ...moved };
}

/** With an access log of the rig's own on the listener and on each filter that can have one. */
function logged(listener: Message, path: string, name: string): Message {
  const log = (by: LogLine['by'], routes: string | null = null): Message => ({
    access_log: accessLog(path, by, name, routes),
  });
  const filter = (one: Message): Message => {
    const config = one['typed_config'] as Message;
    const type = String(config['@type']);
    if (type.endsWith('.TcpProxy')) return { ...one, typed_config: { ...config, ...log('tcp') } };
    if (!type.endsWith('.HttpConnectionManager')) return one;
    return { ...one, typed_config: { ...config, ...log('http', routesOf(config)) } };
  };
  const chain = (one: Message): Message => ({ ...one, filters: listOf(one, 'filters').map(filter) });
  const fallback = listener['default_filter_chain'] as Message | undefined;
  return {
    ...listener,
    ...log('listener'),
    filter_chains: listOf(listener, 'filter_chains').map(chain),
    ...(fallback === undefined ? {} : { default_filter_chain: chain(fallback) }),
  };
}

function routesOf(manager: Message): string | null {
  const { rds, route_config: inline } = manager as {
    rds?: { route_config_name?: string };
    route_config?: { name?: string };
  };
  return rds?.route_config_name ?? inline?.name ?? null;
}
