/**
 * `envoy.extensions.filters.http.ip_tagging.v3.IPTagging`: tags of the client's address, which it puts into a header.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ip_tagging_filter
 */
import type { CidrRange } from '../../../envoy/address';
import { type Any, messageOf } from '../../../envoy/any';
import type { HttpConnectionManager } from '../../../envoy/listener';
import type { ConnectionFacts } from '../../../http/connection-facts';
import {
  firstHeader,
  type HeaderValue,
  type HttpMessage,
  joinedHeader,
  withHeader,
  withoutHeaders,
} from '../../../http/message';
import { mayBeInRange } from '../../../match/cidr';
import { isUnknown, some, type Unknown, unknown } from '../../../match/ternary';
import { remoteAddress } from '../shared/remote-address';
import { type FilterResult, type FilterRun, filterStep, notEvaluated } from './handler';

interface IpTagging {
  readonly request_type?: 'BOTH' | 'INTERNAL' | 'EXTERNAL';
  readonly ip_tags?: readonly { readonly ip_tag_name?: string; readonly ip_list?: readonly CidrRange[] }[];
  readonly ip_tag_header?: { readonly header?: string; readonly action?: 'SANITIZE' | 'APPEND_IF_EXISTS_OR_ADD' };
}

const TYPE = 'envoy.extensions.filters.http.ip_tagging.v3.IPTagging';
const HEADER = 'x-envoy-ip-tags';

/** Tags that a file gives are in no configuration: then the filter is named alone, and the header is unknown. */
export function runIpTagging(run: FilterRun): FilterResult {
  const { manager, connection } = run.input;
  const message = tagged(run.config, manager, run.message, connection.source.ip);
  const config = messageOf<IpTagging>(run.config);
  const header = headerOf(config);
  const value = joinedHeader(message, header);
  const isOpen = isUnknown(value);
  // Only where it wrote tags, or took a header away: otherwise the route stays.
  const findsRouteAgain = message !== run.message && (!isOpen || value);
  if (config.ip_tags === undefined) {
    return {
      ...notEvaluated(run, { kind: 'http-filter-acts', filter: TYPE }),
      kind: 'goes-on',
      message,
      findsRouteAgain,
    };
  }
  const cause = {
    kind: 'tags-address',
    header,
    value: isOpen ? null : value,
    input: isOpen ? value.unknown : null,
  } as const;
  const steps = [filterStep(run, isOpen ? 'not-evaluated' : 'passed', cause)];
  return { kind: 'goes-on', steps, message, findsRouteAgain };
}

/**
 * The request with the tags. With a header of its own the filter takes away what came, unless it is to append. Which of several
 * tags comes first no page says: then the header is unknown.
 */
function tagged(
  any: Any | undefined,
  manager: HttpConnectionManager,
  message: HttpMessage,
  peer: ConnectionFacts['source']['ip'],
): HttpMessage {
  const config = messageOf<IpTagging>(any);
  const header = headerOf(config);
  const internal = firstHeader(message, 'x-envoy-internal');
  const { request_type: wanted = 'BOTH' } = config;
  if (wanted !== 'BOTH') {
    if (isUnknown(internal)) return withHeader(message, header, internal);
    if ((internal === 'true') !== (wanted === 'INTERNAL')) return message;
  }
  const tags = tagsOf(config, remoteAddress(manager, message, peer));
  if (isUnknown(tags)) return withHeader(message, header, tags);
  const sanitizes = config.ip_tag_header !== undefined && config.ip_tag_header.action !== 'APPEND_IF_EXISTS_OR_ADD';
  if (tags === null) {
    return sanitizes && joinedHeader(message, header) !== null ? withoutHeaders(message, [header]) : message;
  }
  const before: HeaderValue | null = sanitizes ? null : joinedHeader(message, header);
  if (isUnknown(before)) return message;
  if (config.ip_tag_header !== undefined && before !== null) {
    return appended(message, header, tags);
  }
  return withHeader(message, header, before === null ? tags : `${before},${tags}`);
}

/** Behind the first value of a header, as Envoy appends. */
function appended(message: HttpMessage, header: string, tags: string): HttpMessage {
  const first = message.headers.findIndex(([name]) => name === header);
  return {
    ...message,
    headers: message.headers.map(([name, value], index) =>
      index === first && !isUnknown(value) ? ([name, `${value},${tags}`] as const) : ([name, value] as const),
    ),
  };
}

function headerOf({ ip_tag_header: own }: IpTagging): string {
  return (own?.header ?? HEADER).toLowerCase();
}

/** Null where the address has none. */
function tagsOf({ ip_tags: all }: IpTagging, address: string | Unknown): string | Unknown | null {
  if (all === undefined) return unknown('the tags of addresses, which stand in a file');
  const found: string[] = [];
  for (const { ip_tag_name: name = '', ip_list: ranges = [] } of all) {
    const isIn = some(ranges, (range) => mayBeInRange(address, range));
    if (isUnknown(isIn)) return isIn;
    if (isIn) found.push(name);
  }
  return found.length > 1 ? unknown(`the order of the tags ${found.join(' and ')} of the address`) : (found[0] ?? null);
}
