/** A `/config_dump` as typed resources: every section lazily, every state of every resource. */
import { InputError } from '../errors';
import { textOrNull } from '../json-fields';
import type { FieldMask } from '../scan/field-mask';
import { type RawDump, type RawEntry, type RawList, rawList, type RawSection } from '../scan/raw-dump';
import type { TypedExtension } from './any';
import type { Cluster } from './cluster';
import { decoded } from './decode';
import type { ClusterLoadAssignment } from './endpoint';
import { mismatch } from './field-kinds';
import { toProtoNames } from './field-names';
import { isGuarded } from './guarded';
import { LazyEntry, Whole, type Wrapper } from './lazy-entry';
import type { Listener } from './listener';
import type { MessageName } from './messages';
import type { ResourceEntry, ResourceState, UpdateFailure } from './resource-entry';
import type { RouteConfiguration, ScopedRouteConfiguration } from './route';

export type { ResourceEntry, ResourceState, UpdateFailure } from './resource-entry';

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

/** One scope of a set of scoped routes, and where it stands in the dump. */
export interface ScopedRouteEntry {
  /** The set's name: that of the connection manager's `scoped_routes`. */
  readonly set: string;
  readonly pointer: string;
  readonly scope: ScopedRouteConfiguration;
}

const VERSION: FieldMask = { version_info: true, last_updated: true, listener: { name: true } };

/** The inline routes of a chain: by whose domains a listener is found. */
const ROUTES_OF_CONFIG: FieldMask = { virtual_hosts: { domains: true } };
const CHAIN: FieldMask = {
  filters: { typed_config: { route_config: ROUTES_OF_CONFIG, value: { route_config: ROUTES_OF_CONFIG } } },
};
const LISTENER_OF_INDEX: FieldMask = {
  ...{ name: true, address: true, additional_addresses: true, udp_listener_config: true, internal_listener: true },
  ...{ filter_chains: CHAIN, default_filter_chain: CHAIN },
};
const STATE_OF_INDEX: FieldMask = { listener: LISTENER_OF_INDEX };

/** The fields by which questions find their resources: all that is read of the others. */
export const FIELDS_OF_INDEX: FieldMask = {
  ...{ name: true, error_state: true, listener: LISTENER_OF_INDEX },
  ...{ active_state: STATE_OF_INDEX, warming_state: STATE_OF_INDEX, draining_state: STATE_OF_INDEX },
  ...{ cluster: { name: true }, endpoint_config: { cluster_name: true }, ecds_filter: { name: true } },
  route_config: { name: true, ...ROUTES_OF_CONFIG },
};

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

  /**
   * As `listeners`, one at a time: for a single pass over a large section that keeps none of them.
   * @param text only those in whose brief this may stand as a part of a text; more may be given
   */
  *eachListener(text = ''): Iterable<ResourceEntry<Listener>> {
    const section = this.section('Listeners');
    if (section === null) return;
    for (const raw of listOf(section, 'dynamic_listeners', 'dynamicListeners').mayHold(text)) {
      yield* dynamicListener(raw);
    }
    for (const [list, camel, state] of V2ALPHA_LISTENERS) {
      for (const raw of listOf(section, list, camel).mayHold(text)) {
        yield entry<Listener>(raw, state, 'listener', 'StaticListener', 'StaticListenerBrief');
      }
    }
    for (const raw of listOf(section, 'static_listeners', 'staticListeners').mayHold(text)) {
      yield entry<Listener>(raw, 'static', 'listener', 'StaticListener', 'StaticListenerBrief');
    }
  }

  /** Clusters: active, static, warming. */
  get clusters(): readonly ResourceEntry<Cluster>[] {
    return this.#entries('Clusters', () => [...this.eachCluster()]);
  }

  /** As `clusters`, one at a time; see eachListener. */
  *eachCluster(text = ''): Iterable<ResourceEntry<Cluster>> {
    const section = this.section('Clusters');
    if (section === null) return;
    const lists = [
      [listOf(section, 'dynamic_active_clusters', 'dynamicActiveClusters'), 'active'],
      [listOf(section, 'static_clusters', 'staticClusters'), 'static'],
      [listOf(section, 'dynamic_warming_clusters', 'dynamicWarmingClusters'), 'warming'],
    ] as const;
    for (const [list, state] of lists) {
      for (const raw of list.mayHold(text)) yield entry<Cluster>(raw, state, 'cluster', 'DynamicCluster');
    }
  }

  /** Route configurations: dynamic ones, then static ones (each connection manager's inline one is among them). */
  get routes(): readonly ResourceEntry<RouteConfiguration>[] {
    return this.#entries('Routes', () => [...this.eachRoute()]);
  }

  /** As `routes`, one at a time; see eachListener. */
  *eachRoute(text = ''): Iterable<ResourceEntry<RouteConfiguration>> {
    const section = this.section('Routes');
    if (section === null) return;
    const lists = [
      [listOf(section, 'dynamic_route_configs', 'dynamicRouteConfigs'), 'active'],
      [listOf(section, 'static_route_configs', 'staticRouteConfigs'), 'static'],
    ] as const;
    for (const [list, state] of lists) {
      for (const raw of list.mayHold(text))
        yield entry<RouteConfiguration>(raw, state, 'route_config', 'DynamicRouteConfig');
    }
  }

  /** Endpoint assignments (include_eds): dynamic ones, then static ones. */
  get endpoints(): readonly ResourceEntry<ClusterLoadAssignment>[] {
    return this.#entries('Endpoints', () => [...this.eachEndpoint()]);
  }

  /** As `endpoints`, one at a time; see eachListener. */
  *eachEndpoint(text = ''): Iterable<ResourceEntry<ClusterLoadAssignment>> {
    const section = this.section('Endpoints');
    if (section === null) return;
    const lists = [
      [listOf(section, 'dynamic_endpoint_configs', 'dynamicEndpointConfigs'), 'active'],
      [listOf(section, 'static_endpoint_configs', 'staticEndpointConfigs'), 'static'],
    ] as const;
    for (const [list, state] of lists) {
      for (const raw of list.mayHold(text))
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

const NO_ENTRIES = rawList([]);

/** Elements of a section's list under either spelling of its name. Throws InputError where it is no list. */
export function listOf(section: RawSection, name: string, camel: string): RawList {
  const value = section.fields[name] ?? section.fields[camel] ?? null;
  if (value !== null) throw mismatch(value, `${section.pointer}/${name}`, 'a list');
  return section.lists[name] ?? section.lists[camel] ?? NO_ENTRIES;
}

const LISTENER_STATES = [
  ['active_state', 'active'],
  ['warming_state', 'warming'],
  ['draining_state', 'draining'],
] as const;

function dynamicListener(raw: RawEntry): readonly ResourceEntry<Listener>[] {
  const whole = raw.hasBrief ? new Whole(raw, 'DynamicListener', 'DynamicListenerBrief') : null;
  const wrapper =
    whole === null ? (decoded(toProtoNames(raw.json()), 'DynamicListener', raw) as Wrapper) : whole.brief();
  const name = textOrNull(wrapper['name']) ?? '';
  const found: ResourceEntry<Listener>[] = [];
  for (const [field, state] of LISTENER_STATES) {
    const value = wrapper[field] as Wrapper | undefined;
    if (value === undefined) continue;
    const brief = listenerOf(value);
    const stands = { name: brief?.name ?? name, state, failure: null, isPresent: brief !== null };
    found.push(
      whole === null
        ? presentEntry<Listener>(value, brief, stands, `${raw.pointer}/${field}/listener`, () =>
            listenerAgain(raw, state),
          )
        : new LazyEntry<Listener>(whole, [field, 'listener'], stands),
    );
  }
  const failure = failureOf(wrapper);
  if (failure !== null) found.push(failedEntry(name, failure, `${raw.pointer}/error_state`));
  return found;
}

/** What an element of a list gave in a state, read anew. */
function listenerAgain(raw: RawEntry, state: ResourceState): ResourceEntry<Listener> {
  const made = dynamicListener(raw).find((one) => one.state === state);
  if (made === undefined) throw new Error(`${raw.pointer} had a listener that is ${state}, and has none`);
  return made;
}

/** What stands for a resource that was refused. */
function failedEntry(name: string, failure: UpdateFailure, pointer: string): ResourceEntry<Listener> {
  return {
    name,
    state: 'error',
    resource: null,
    brief: null,
    isPresent: false,
    pointer,
    versionInfo: failure.version_info ?? null,
    lastUpdated: failure.last_update_attempt ?? null,
    failure,
  };
}

function entry<T extends { readonly name?: string } | { readonly cluster_name?: string }>(
  raw: RawEntry,
  state: ResourceState,
  field: string,
  message: MessageName,
  briefMessage = message,
): ResourceEntry<T> {
  const whole = raw.hasBrief ? new Whole(raw, message, briefMessage) : null;
  const wrapper = whole === null ? (decoded(toProtoNames(raw.json()), message, raw) as Wrapper) : whole.brief();
  const brief = (wrapper[field] ?? null) as (T & { name?: string; cluster_name?: string }) | null;
  const isPresent = brief !== null;
  const failure = failureOf(wrapper);
  const name = brief?.name ?? brief?.cluster_name ?? textOrNull(wrapper['name']) ?? '';
  const stands = !isPresent && failure !== null ? 'error' : state;
  const known = { name, state: stands, failure, isPresent };
  return whole === null
    ? presentEntry(wrapper, brief, known, `${raw.pointer}/${field}`, () =>
        entry<T>(raw, state, field, message, briefMessage),
      )
    : new LazyEntry<T>(whole, [field], known);
}

function scopesOf(raw: RawEntry): readonly ScopedRouteEntry[] {
  const wrapper = new Whole(raw, 'DynamicScopedRouteConfigs').whole();
  const scopes = wrapper['scoped_route_configs'] as readonly ScopedRouteConfiguration[] | undefined;
  return (scopes ?? []).map((scope, index) => ({
    set: textOrNull(wrapper['name']) ?? '',
    pointer: `${raw.pointer}/scoped_route_configs/${index}`,
    scope,
  }));
}

/**
 * An entry that was read whole, with the version and the time that stand beside its resource: one of a wrong type disturbs its
 * reader alone. There can be a hundred thousand: each is one object that is made at once.
 * @param again makes it from the dump: who sorts entries holds that, and not each
 */
function presentEntry<T>(
  wrapper: Wrapper,
  resource: T | null,
  { name, state, failure, isPresent }: Pick<ResourceEntry<T>, 'name' | 'state' | 'failure' | 'isPresent'>,
  pointer: string,
  again: () => ResourceEntry<T>,
): ResourceEntry<T> {
  const isWrong = isGuarded(wrapper, 'version_info') || isGuarded(wrapper, 'last_updated');
  const versionInfo = isWrong ? null : textOrNull(wrapper['version_info']);
  const lastUpdated = isWrong ? null : textOrNull(wrapper['last_updated']);
  const brief = resource;
  const made = { name, state, resource, brief, isPresent, pointer, versionInfo, lastUpdated, failure, again };
  if (!isWrong) return made;
  return Object.defineProperties(made, {
    versionInfo: { get: () => textOrNull(wrapper['version_info']) },
    lastUpdated: { get: () => textOrNull(wrapper['last_updated']) },
  });
}

function failureOf(wrapper: Wrapper): UpdateFailure | null {
  return (wrapper as { readonly error_state?: UpdateFailure }).error_state ?? null;
}

function listenerOf(state: Wrapper): Listener | null {
  return (state as { readonly listener?: Listener }).listener ?? null;
}
