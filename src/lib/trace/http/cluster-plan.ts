/**
 * The clusters that a route leads to.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routeaction
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { RouteAction, RouteConfiguration, WeightedCluster, WeightedClusterEntry } from '../../envoy/route';
import type { Matcher } from '../../match/matcher-tree';
import type { ClusterChoice } from '../facts/upstream';
import { type Criteria, criteriaOf } from '../upstream/subset';
import { weightedEntries } from '../upstream/weighted-entries';
import { matchedFor } from '../../http/matcher-inputs';
import type { Runtime } from '../../match/runtime';
import { isUnknown, type Unknown } from '../../match/ternary';
import { firstHeader, type HeaderValue, headerValues, type HttpMessage, tellValue } from '../../http/message';
import type { RouteInput } from '../../http/route-input';
import { wholeNumber } from '../../http/whole-number';
import { rememberedFor } from '../../remembered';

export interface PlannedCluster {
  /** Empty where the header that names it is not there. */
  readonly name: string;
  /** 0 to 1; those of a plan sum to 1. */
  readonly share: number;
  readonly criteria: Criteria;
  readonly weighted: WeightedClusterEntry | null;
}

export interface ClusterPlan {
  readonly clusters: readonly PlannedCluster[];
  readonly choice: ClusterChoice;
  /** The input that decides and is not in the configuration; null where all is known. */
  readonly unknown: string | null;
}

export function planClusters(action: RouteAction, configuration: RouteConfiguration, input: RouteInput): ClusterPlan {
  const { message } = input;
  const criteria = criteriaOf(action.metadata_match);
  if (action.cluster_header !== undefined) {
    const name = namedBy(message, action.cluster_header) ?? '';
    const header = action.cluster_header;
    if (isUnknown(name)) return undecided({ kind: 'by-header', header, isThere: true }, name.unknown);
    return one(name, criteria, { kind: 'by-header', header, isThere: name !== '' });
  }
  if (action.weighted_clusters !== undefined) {
    const inForce = withRuntime(action.weighted_clusters, input.runtime);
    if (isUnknown(inForce)) return undecided({ kind: 'by-weight', weights: [] }, inForce.unknown);
    return weighted(action, inForce, message);
  }
  const plugin = pluginOf(action, configuration);
  if (plugin !== null) return byPlugin(plugin, criteria, input);
  const choice = { kind: 'named-by', by: 'route' } as const;
  if (action.cluster !== undefined) return one(action.cluster, criteria, choice);
  return undecided(choice, 'the cluster that the route names in a way that is not known');
}

/** The weights as the runtime has them, under the prefix and each cluster's name. */
function withRuntime(clusters: WeightedCluster, runtime: Runtime): WeightedCluster | Unknown {
  return (clusters.runtime_key_prefix ?? '') === '' ? clusters : changedBy(clusters)(runtime);
}

/** Of each list the weights that a proxy's runtime gives it, which every request finds alike. */
const changedBy = rememberedFor((clusters: WeightedCluster) =>
  rememberedFor((runtime: Runtime) => changedWeights(clusters, runtime)),
);

function changedWeights(clusters: WeightedCluster, runtime: Runtime): WeightedCluster | Unknown {
  const { runtime_key_prefix: prefix = '', clusters: entries = [] } = clusters;
  const changed: WeightedClusterEntry[] = [];
  for (const entry of entries) {
    const weight = runtime.number(`${prefix}.${entry.name ?? ''}`, entry.weight ?? 0);
    if (isUnknown(weight)) return weight;
    changed.push({ ...entry, weight });
  }
  return { ...clusters, clusters: changed };
}

function undecided(choice: ClusterChoice, input: string): ClusterPlan {
  return { clusters: [], choice, unknown: input };
}

function one(name: string, criteria: Criteria, choice: ClusterChoice): ClusterPlan {
  return { clusters: [{ name, share: 1, criteria, weighted: null }], choice, unknown: null };
}

function weighted(
  action: RouteAction,
  { clusters = [], header_name: header }: WeightedCluster,
  message: HttpMessage,
): ClusterPlan {
  const { distinct, total, placeOf } = weightedEntries(clusters);
  const choice = { kind: 'by-weight', weights: distinct.map((entry) => entry.weight ?? 0) } as const;
  const planned: PlannedCluster[] = [];
  for (const entry of distinct) {
    const name = nameOf(entry, message);
    if (isUnknown(name)) return undecided(choice, name.unknown);
    const criteria = criteriaOf(action.metadata_match, entry.metadata_match);
    planned.push({ name, share: (entry.weight ?? 0) / total, criteria, weighted: entry });
  }
  const drawing = header === undefined || header === '' ? [] : drawnBy(message, header);
  const lacking = drawing.find(isUnknown);
  if (lacking !== undefined) {
    return undecided({ kind: 'by-header', header: header ?? '', isThere: true }, lacking.unknown);
  }
  const told = numberIn(drawing);
  if (told === null || total === 0) return { clusters: planned, choice, unknown: null };
  const chosen = planned[placeOf(Number(told % BigInt(total)))];
  const named = chosen === undefined ? [] : [{ ...chosen, share: 1 }];
  const draws = { kind: 'header-draws', header: header ?? '', number: String(told) } as const;
  return { clusters: named, choice: draws, unknown: null };
}

function nameOf(entry: WeightedClusterEntry, message: HttpMessage): HeaderValue {
  if ((entry.name ?? '') !== '') return entry.name ?? '';
  return namedBy(message, entry.cluster_header ?? '') ?? '';
}

/** The header draws only where it is there once and a whole number of 64 bits. */
function numberIn(values: readonly HeaderValue[]): bigint | null {
  const [text] = values;
  return typeof text !== 'string' || values.length !== 1 ? null : wholeNumber(text);
}

function pluginOf(action: RouteAction, configuration: RouteConfiguration): TypedExtension | null {
  if (action.inline_cluster_specifier_plugin !== undefined)
    return action.inline_cluster_specifier_plugin.extension ?? {};
  const name = action.cluster_specifier_plugin;
  if (name === undefined) return null;
  const known = configuration.cluster_specifier_plugins?.find(({ extension }) => extension?.name === name);
  return known?.extension ?? { name };
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/router/cluster_specifiers/matcher/v3/matcher.proto */
function byPlugin(plugin: TypedExtension, criteria: Criteria, input: RouteInput): ClusterPlan {
  const name = plugin.name ?? messageTypeOf(plugin.typed_config);
  if (!messageTypeOf(plugin.typed_config).endsWith('.MatcherClusterSpecifier')) {
    return undecided({ kind: 'cluster-specifier', name, path: null }, `the cluster specifier plug-in ${name}`);
  }
  const { cluster_matcher: matcher = {} } = messageOf<{ cluster_matcher?: Matcher }>(plugin.typed_config);
  const found = matchedFor(matcher, input);
  if (found.unknown !== null) return undecided({ kind: 'cluster-specifier', name, path: null }, found.unknown);
  const { cluster = '' } = messageOf<{ cluster?: string }>(found.action?.typed_config);
  return one(cluster, criteria, { kind: 'cluster-specifier', name, path: found.path });
}

/** The values of the header that draws the cluster in place of chance. */
function drawnBy(message: HttpMessage, header: string): readonly HeaderValue[] {
  tellValue(message, header, 'which draws the cluster');
  return headerValues(message, header);
}

function namedBy(message: HttpMessage, header: string): HeaderValue | null {
  tellValue(message, header, 'which names the cluster');
  return firstHeader(message, header);
}
