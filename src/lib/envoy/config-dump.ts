/** A `/config_dump` as typed resources: every section lazily, every state of every resource. */
import { InputError } from '../errors';
import type { FieldMask } from '../scan/field-mask';
import type { RawDump, RawEntry, RawSection } from '../scan/raw-dump';
import type { Any, TypedExtension } from './any';
import type { Cluster } from './cluster';
import { decoded } from './decode';
import type { ClusterLoadAssignment } from './endpoint';
import { mismatch } from './field-kinds';
import { toProtoNames } from './field-names';
import { isGuarded } from './guarded';
import type { Listener } from './listener';
import type { MessageName } from './messages';
import type { RouteConfiguration, ScopedRouteConfiguration } from './route';

/** Where a resource stands in Envoy: only `active` and `static` ones serve. */
export type ResourceState = 'active' | 'static' | 'warming' | 'draining' | 'error';

/** `envoy.admin.v3.UpdateFailureState`. */
export interface UpdateFailure {
  readonly failed_configuration?: Any;
  readonly last_update_attempt?: string;
  readonly details?: string;
  readonly version_info?: string;
}

/** One resource of a dump in one of its states. */
export interface ResourceEntry<T> {
  readonly name: string;
  readonly state: ResourceState;
  /** Null where only an update failure stands in its place. */
  readonly resource: T | null;
  /** JSON pointer of the resource in the dump. */
  readonly pointer: string;
  readonly versionInfo: string | null;
  readonly lastUpdated: string | null;
  readonly failure: UpdateFailure | null;
}

/** `envoy.config.core.v3.Node`: the fields that mctl reads. */
export interface Node {
  readonly id?: string;
  readonly cluster?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly locality?: { readonly region?: string; readonly zone?: string; readonly sub_zone?: string };
  readonly user_agent_name?: string;
  readonly user_agent_build_version?: {
    readonly version?: { readonly major_number?: number; readonly minor_number?: number; readonly patch?: number };
    readonly metadata?: Readonly<Record<string, unknown>>;
  };
}

/** `envoy.config.bootstrap.v3.RuntimeLayer`. */
export interface RuntimeLayer {
  readonly name?: string;
  readonly static_layer?: Readonly<Record<string, unknown>>;
  readonly disk_layer?: object;
  readonly rtds_layer?: object;
  /** What the admin interface sets; nothing unless somebody did. */
  readonly admin_layer?: object;
}

export interface Bootstrap {
  readonly node?: Node;
  readonly layered_runtime?: { readonly layers?: readonly RuntimeLayer[] };
  readonly [field: string]: unknown;
}

type Wrapper = Readonly<Record<string, unknown>>;

/** One scope of a set of scoped routes, and where it stands in the dump. */
export interface ScopedRouteEntry {
  /** The set's name: that of the connection manager's `scoped_routes`. */
  readonly set: string;
  readonly pointer: string;
  readonly scope: ScopedRouteConfiguration;
}

const VERSION: FieldMask = { version_info: true, last_updated: true, listener: { name: true } };

/** The fields of a section's entry that say what it is and how it stands. */
export const FIELDS_OF_ENTRY: FieldMask = {
  ...{ name: true, version_info: true, last_updated: true, error_state: true },
  ...{ active_state: VERSION, warming_state: VERSION, draining_state: VERSION },
  ...{ listener: { name: true }, cluster: { name: true }, route_config: { name: true } },
  ...{ endpoint_config: { cluster_name: true }, ecds_filter: { name: true } },
};

/**
 * The lists of Envoy up to 1.12 (Istio 1.4), one for each state.
 * https://github.com/envoyproxy/envoy/blob/v1.12.0/api/envoy/admin/v2alpha/config_dump.proto (ListenersConfigDump)
 */
const V2ALPHA_LISTENERS = [
  ['dynamic_active_listeners', 'dynamicActiveListeners', 'active'],
  ['dynamic_warming_listeners', 'dynamicWarmingListeners', 'warming'],
  ['dynamic_draining_listeners', 'dynamicDrainingListeners', 'draining'],
] as const;

/** Typed access to a config_dump. Sections are parsed on first use and kept. */
export class ConfigDump {
  readonly label: string;
  readonly #raw: Extract<RawDump, { kind: 'config_dump' }>;
  readonly #cache = new Map<string, readonly ResourceEntry<unknown>[]>();
  #scopes: readonly ScopedRouteEntry[] | undefined;

  constructor(raw: Extract<RawDump, { kind: 'config_dump' }>) {
    this.label = raw.label;
    this.#raw = raw;
  }

  /** The section's raw form; where a type occurs twice, the last (as istioctl reads it). Null where it is missing. */
  section(name: string): RawSection | null {
    return this.#raw.sections.findLast((section) => section.type.endsWith(`.${name}ConfigDump`)) ?? null;
  }

  /** Throws InputError where the dump lacks a section without which nothing can be said. */
  need(name: string): void {
    if (this.section(name) !== null) return;
    throw new InputError(`${this.label} has no ${name}ConfigDump`, {
      hint: 'Save the whole of /config_dump?include_eds.',
    });
  }

  /** Every section in the dump's order. */
  get sections(): readonly RawSection[] {
    return this.#raw.sections;
  }

  get bootstrap(): Bootstrap | null {
    const section = this.section('Bootstrap');
    const bootstrap = section?.fields['bootstrap'] ?? null;
    if (section === null || bootstrap === null) return null;
    return decoded(toProtoNames(bootstrap), 'Bootstrap', `${section.pointer}/bootstrap`) as Bootstrap;
  }

  /** Listeners: dynamic ones in each of their states, then static ones. */
  get listeners(): readonly ResourceEntry<Listener>[] {
    return this.#entries('Listeners', () => [...this.eachListener()]);
  }

  /** As `listeners`, one at a time: for a single pass over a large section that keeps none of them. */
  *eachListener(): Iterable<ResourceEntry<Listener>> {
    const section = this.section('Listeners');
    if (section === null) return;
    for (const raw of listOf(section, 'dynamic_listeners', 'dynamicListeners')) yield* dynamicListener(raw);
    for (const [list, camel, state] of V2ALPHA_LISTENERS) {
      for (const raw of listOf(section, list, camel)) yield entry<Listener>(raw, state, 'listener', 'StaticListener');
    }
    for (const raw of listOf(section, 'static_listeners', 'staticListeners')) {
      yield entry<Listener>(raw, 'static', 'listener', 'StaticListener');
    }
  }

  /** Clusters: active, static, warming. */
  get clusters(): readonly ResourceEntry<Cluster>[] {
    return this.#entries('Clusters', () => [...this.eachCluster()]);
  }

  /** As `clusters`, one at a time: for a single pass over a large section that keeps none of them. */
  *eachCluster(): Iterable<ResourceEntry<Cluster>> {
    const section = this.section('Clusters');
    if (section === null) return;
    const lists = [
      [listOf(section, 'dynamic_active_clusters', 'dynamicActiveClusters'), 'active'],
      [listOf(section, 'static_clusters', 'staticClusters'), 'static'],
      [listOf(section, 'dynamic_warming_clusters', 'dynamicWarmingClusters'), 'warming'],
    ] as const;
    for (const [list, state] of lists) {
      for (const raw of list) yield entry<Cluster>(raw, state, 'cluster', 'DynamicCluster');
    }
  }

  /** Route configurations: dynamic ones, then static ones (each connection manager's inline one is among them). */
  get routes(): readonly ResourceEntry<RouteConfiguration>[] {
    return this.#entries('Routes', () => [...this.eachRoute()]);
  }

  /** As `routes`, one at a time: for a single pass over a large section that keeps none of them. */
  *eachRoute(): Iterable<ResourceEntry<RouteConfiguration>> {
    const section = this.section('Routes');
    if (section === null) return;
    const lists = [
      [listOf(section, 'dynamic_route_configs', 'dynamicRouteConfigs'), 'active'],
      [listOf(section, 'static_route_configs', 'staticRouteConfigs'), 'static'],
    ] as const;
    for (const [list, state] of lists) {
      for (const raw of list) yield entry<RouteConfiguration>(raw, state, 'route_config', 'DynamicRouteConfig');
    }
  }

  /** Endpoint assignments (include_eds): dynamic ones, then static ones. */
  get endpoints(): readonly ResourceEntry<ClusterLoadAssignment>[] {
    return this.#entries('Endpoints', () => [...this.eachEndpoint()]);
  }

  /** As `endpoints`, one at a time: for a single pass over a large section that keeps none of them. */
  *eachEndpoint(): Iterable<ResourceEntry<ClusterLoadAssignment>> {
    const section = this.section('Endpoints');
    if (section === null) return;
    const lists = [
      [listOf(section, 'dynamic_endpoint_configs', 'dynamicEndpointConfigs'), 'active'],
      [listOf(section, 'static_endpoint_configs', 'staticEndpointConfigs'), 'static'],
    ] as const;
    for (const [list, state] of lists) {
      for (const raw of list)
        yield entry<ClusterLoadAssignment>(raw, state, 'endpoint_config', 'DynamicEndpointConfig');
    }
  }

  /** Configurations that were delivered to extensions by ECDS: filters whose chain says `config_discovery`. */
  get extensionConfigs(): readonly ResourceEntry<TypedExtension>[] {
    return this.#entries('Ecds', (section) =>
      Array.from(listOf(section, 'ecds_filters', 'ecdsFilters'), (raw) =>
        entry<TypedExtension>(raw, 'active', 'ecds_filter', 'EcdsFilterConfig'),
      ),
    );
  }

  /** Scopes of routes, of dynamic and of inline sets, each with the name of its set. */
  get scopedRoutes(): readonly ScopedRouteEntry[] {
    const section = this.section('ScopedRoutes');
    if (section === null) return [];
    this.#scopes ??= [
      ...listOf(section, 'inline_scoped_route_configs', 'inlineScopedRouteConfigs'),
      ...listOf(section, 'dynamic_scoped_route_configs', 'dynamicScopedRouteConfigs'),
    ].flatMap(scopesOf);
    return this.#scopes;
  }

  #entries<T>(name: string, read: (section: RawSection) => readonly ResourceEntry<T>[]): readonly ResourceEntry<T>[] {
    const known = this.#cache.get(name) as readonly ResourceEntry<T>[] | undefined;
    if (known !== undefined) return known;
    const section = this.section(name);
    const entries = section === null ? [] : read(section);
    this.#cache.set(name, entries);
    return entries;
  }
}

/** Elements of a section's list under either spelling of its name. Throws InputError where it is no list. */
export function listOf(section: RawSection, name: string, camel: string): Iterable<RawEntry> {
  const value = section.fields[name] ?? section.fields[camel] ?? null;
  if (value !== null) throw mismatch(value, `${section.pointer}/${name}`, 'a list');
  return section.lists[name] ?? section.lists[camel] ?? [];
}

function dynamicListener(raw: RawEntry): readonly ResourceEntry<Listener>[] {
  const wrapper = wrapperOf(raw, 'DynamicListener');
  const name = textOrNull(wrapper['name']) ?? '';
  const failure = failureOf(wrapper);
  const states = [
    ['active_state', 'active'],
    ['warming_state', 'warming'],
    ['draining_state', 'draining'],
  ] as const;
  const found = states.flatMap(([field, state]): ResourceEntry<Listener>[] => {
    const value = wrapper[field] as Wrapper | undefined;
    if (value === undefined) return [];
    const resource = listenerOf(value);
    return [
      withStamps(value, {
        name: resource?.name ?? name,
        state,
        resource,
        pointer: `${raw.pointer}/${field}/listener`,
        failure: null,
      }),
    ];
  });
  if (failure === null) return found;
  return [
    ...found,
    {
      name,
      state: 'error',
      resource: null,
      pointer: `${raw.pointer}/error_state`,
      versionInfo: failure.version_info ?? null,
      lastUpdated: failure.last_update_attempt ?? null,
      failure,
    },
  ];
}

function entry<T extends { readonly name?: string } | { readonly cluster_name?: string }>(
  raw: RawEntry,
  state: ResourceState,
  field: string,
  message: MessageName,
): ResourceEntry<T> {
  const wrapper = wrapperFrom(raw.brief(), raw, message);
  const resource = (wrapper[field] ?? null) as (T & { name?: string; cluster_name?: string }) | null;
  const failure = failureOf(wrapper);
  const made = withStamps<T>(wrapper, {
    name: resource?.name ?? resource?.cluster_name ?? textOrNull(wrapper['name']) ?? '',
    state: resource === null && failure !== null ? 'error' : state,
    resource,
    pointer: `${raw.pointer}/${field}`,
    failure,
  });
  if (!raw.hasBrief || resource === null) return made;
  return lazily<T>(made, () => (wrapperOf(raw, message)[field] ?? null) as T | null);
}

/** As it is, but that its resource is parsed only when it is looked at. */
function lazily<T>(made: ResourceEntry<T>, resource: () => T | null): ResourceEntry<T> {
  let known: T | null | undefined;
  const get = (): T | null => {
    if (known === undefined) known = resource();
    return known;
  };
  return Object.defineProperty(made, 'resource', { get, enumerable: true });
}

function scopesOf(raw: RawEntry): readonly ScopedRouteEntry[] {
  const wrapper = wrapperOf(raw, 'DynamicScopedRouteConfigs');
  const scopes = wrapper['scoped_route_configs'] as readonly ScopedRouteConfiguration[] | undefined;
  return (scopes ?? []).map((scope, index) => ({
    set: textOrNull(wrapper['name']) ?? '',
    pointer: `${raw.pointer}/scoped_route_configs/${index}`,
    scope,
  }));
}

/** An entry with the version and the time that stand beside its resource: one of a wrong type disturbs its reader alone. */
function withStamps<T>(
  wrapper: Wrapper,
  made: Omit<ResourceEntry<T>, 'versionInfo' | 'lastUpdated'>,
): ResourceEntry<T> {
  const version = (): string | null => textOrNull(wrapper['version_info']);
  const time = (): string | null => textOrNull(wrapper['last_updated']);
  if (!isGuarded(wrapper, 'version_info') && !isGuarded(wrapper, 'last_updated')) {
    const { name, state, resource, pointer, failure } = made;
    return { name, state, resource, pointer, versionInfo: version(), lastUpdated: time(), failure };
  }
  return Object.defineProperties(made as ResourceEntry<T>, {
    versionInfo: { get: version },
    lastUpdated: { get: time },
  });
}

function wrapperOf(raw: RawEntry, message: MessageName): Wrapper {
  return wrapperFrom(raw.json(), raw, message);
}

function wrapperFrom(json: unknown, raw: RawEntry, message: MessageName): Wrapper {
  return decoded(toProtoNames(json), message, raw.pointer) as Wrapper;
}

function failureOf(wrapper: Wrapper): UpdateFailure | null {
  return (wrapper as { readonly error_state?: UpdateFailure }).error_state ?? null;
}

function listenerOf(state: Wrapper): Listener | null {
  return (state as { readonly listener?: Listener }).listener ?? null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
