/**
 * The clusters that a route leads to.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routeaction
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { RouteAction, RouteConfiguration, WeightedCluster, WeightedClusterEntry } from '../../envoy/route';
import { evaluateMatcher, type Matcher } from '../../match/matcher-tree';
import { type Criteria, criteriaOf } from '../upstream/subset';
import { inputValue } from './choose-route';
import { headerValues, type HttpMessage } from '../../http/message';
import type { RouteInput } from '../../http/route-match';

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
  readonly because: string;
  /** The input that decides and is not in the configuration; null where all is known. */
  readonly unknown: string | null;
}

export function planClusters(action: RouteAction, configuration: RouteConfiguration, input: RouteInput): ClusterPlan {
  const { message } = input;
  const criteria = criteriaOf(action.metadata_match);
  if (action.cluster_header !== undefined) {
    const [name = ''] = headerValues(message, action.cluster_header.toLowerCase());
    const because =
      name === '' ? `the header ${action.cluster_header} is not there` : `the header ${action.cluster_header}`;
    return one(name, criteria, because);
  }
  if (action.weighted_clusters !== undefined) return weighted(action, action.weighted_clusters, message);
  const plugin = pluginOf(action, configuration);
  if (plugin !== null) return byPlugin(plugin, criteria, input);
  return one(action.cluster ?? '', criteria, 'named by the route');
}

function one(name: string, criteria: Criteria, because: string): ClusterPlan {
  return { clusters: [{ name, share: 1, criteria, weighted: null }], because, unknown: null };
}

function weighted(
  action: RouteAction,
  { clusters = [], header_name: header }: WeightedCluster,
  message: HttpMessage,
): ClusterPlan {
  const total = clusters.reduce((sum, entry) => sum + (entry.weight ?? 0), 0);
  const planned = clusters
    .filter((entry) => (entry.weight ?? 0) > 0)
    .map((entry) => ({
      name: nameOf(entry, message),
      share: (entry.weight ?? 0) / total,
      criteria: criteriaOf(action.metadata_match, entry.metadata_match),
      weighted: entry,
    }));
  const told = header === undefined || header === '' ? null : numberIn(headerValues(message, header.toLowerCase()));
  const because = `by weight, ${planned.map(({ weighted: entry }) => entry.weight ?? 0).join(':')}`;
  if (told === null || total === 0) return { clusters: planned, because, unknown: null };
  const chosen = at(planned, Number(told % BigInt(total)));
  const named = chosen === undefined ? [] : [{ ...chosen, share: 1 }];
  return { clusters: named, because: `the header ${header ?? ''} draws ${told}`, unknown: null };
}

function nameOf(entry: WeightedClusterEntry, message: HttpMessage): string {
  if ((entry.name ?? '') !== '') return entry.name ?? '';
  return headerValues(message, (entry.cluster_header ?? '').toLowerCase())[0] ?? '';
}

/** The header draws only where it is there once and a whole number of 64 bits. */
function numberIn(values: readonly string[]): bigint | null {
  const [text] = values;
  if (text === undefined || values.length !== 1 || !/^\d{1,20}$/.test(text)) return null;
  const number = BigInt(text);
  return number === BigInt.asUintN(64, number) ? number : null;
}

function at<T extends { readonly weighted: WeightedClusterEntry }>(
  entries: readonly T[],
  value: number,
): T | undefined {
  let end = 0;
  return entries.find(({ weighted: entry }) => {
    end += entry.weight ?? 0;
    return value < end;
  });
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
  const undecided = (what: string): ClusterPlan => ({
    clusters: [],
    because: `cluster specifier ${name}`,
    unknown: what,
  });
  if (!messageTypeOf(plugin.typed_config).endsWith('.MatcherClusterSpecifier')) {
    return undecided(`the cluster specifier plug-in ${name}`);
  }
  const { cluster_matcher: matcher = {} } = messageOf<{ cluster_matcher?: Matcher }>(plugin.typed_config);
  const found = evaluateMatcher(matcher, (extension) => inputValue(extension, input));
  if (found.unknown !== null) return undecided(found.unknown);
  const { cluster = '' } = messageOf<{ cluster?: string }>(found.action?.typed_config);
  return one(cluster, criteria, `the matcher of cluster specifier ${name}: ${found.path.join(', ')}`);
}
