/**
 * HTTP filters behind the choice of a host: those of the cluster or, where it has none, of the router. Routes configure them as they do others.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#upstream-http-filters
 */
import { messageTypeOf } from '../../envoy/any';
import type { HttpConnectionManager, HttpFilter } from '../../envoy/listener';
import { runHttpFilters } from '../filters/http-filters';
import type { HopEnd } from '../hop/context';
import { isEnding } from '../hop/ending';
import type { HopRecord } from '../hop/record';
import { httpOptions } from '../upstream/transport';
import type { ClusterEntry } from '../upstream/upstream';
import type { FilterRoute } from './filter-metadata';
import type { HttpContext } from './http-context';
import { isRouter, routerOf } from './router';

/** The end of a request that is sent on, behind these filters: changed by them, or answered. */
export function behindUpstreamFilters(
  walk: HttpContext,
  route: FilterRoute,
  cluster: ClusterEntry,
  end: HopEnd,
  record: HopRecord,
): HopEnd {
  const { http_filters: all, pointer, filterList } = filtersOf(walk, cluster);
  const http_filters = all.filter(({ typed_config: config }) => !messageTypeOf(config).endsWith(CODEC));
  if (end.kind === 'end' || end.forward.message === null || http_filters.length === 0) return end;
  const { context, connection, state } = walk;
  const { message } = end.forward;
  const given = { context, manager: { http_filters }, pointer, filterList, message, connection, state, ...route };
  const left = runHttpFilters(given, record);
  return isEnding(left) ? left : { ...end, forward: { ...end.forward, message: left } };
}

const CODEC = '.upstream_codec.v3.UpstreamCodec';
const OPTIONS = 'typed_extension_protocol_options/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

interface FilterList extends Required<Pick<HttpConnectionManager, 'http_filters'>> {
  readonly pointer: string;
  readonly filterList: string;
}

function filtersOf({ manager, pointer }: HttpContext, { resource, pointer: at }: ClusterEntry): FilterList {
  const own: readonly HttpFilter[] = httpOptions(resource).http_filters ?? [];
  if (own.length > 0) return { http_filters: own, pointer: at, filterList: `${OPTIONS}/http_filters` };
  const index = (manager.http_filters ?? []).findIndex(isRouter);
  const filterList = `http_filters/${index}/typed_config/upstream_http_filters`;
  return { http_filters: routerOf(manager).upstream_http_filters ?? [], pointer, filterList };
}
