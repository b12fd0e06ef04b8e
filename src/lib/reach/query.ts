/** The request of a class's values, as a trace is asked of it and as a check file writes it. */
import { hostPort } from '../envoy/address';
import type { TraceQuery } from '../trace/request/query';
import type { ReachDestination } from './destinations';
import type { RequestValues } from './explore';

/** Where requests go, and how far they are followed. */
export interface ReachWay {
  readonly destination: ReachDestination;
  /** Whether clients name the host alone, as the ports of a gateway are behind those of its Service. */
  readonly isGateway: boolean;
  readonly oneHop: boolean;
  /** What all requests have that are asked about. */
  readonly fixed: FixedRequest;
}

/** What no class is divided by: it is as it was given. */
export type FixedRequest = Pick<
  TraceQuery,
  'sourceIp' | 'sourcePrincipal' | 'sni' | 'alpn' | 'tls' | 'claims' | 'httpVersion' | 'mode' | 'uid' | 'gid'
>;

/** The port behind the host in an authority, as clients write it. */
export function authoritySuffix({ destination: { address }, isGateway }: ReachWay): string {
  return isGateway || address.port === 80 ? '' : `:${address.port}`;
}

export function queryOf(values: RequestValues, way: ReachWay): TraceQuery {
  const { destination, isGateway, oneHop, fixed } = way;
  const { address } = destination;
  const host = values.get('host') ?? '';
  const named = [...values].filter(([dimension]) => dimension.startsWith('query:'));
  const query = named.map(([dimension, value]) => `${dimension.slice('query:'.length)}=${value}`).join('&');
  const headers = [...values].flatMap(([dimension, value]) =>
    dimension.startsWith('header:') ? [[dimension.slice('header:'.length), value] as const] : [],
  );
  return {
    ...fixed,
    url: `http://${host}:${address.port}${values.get('path') ?? '/'}${query === '' ? '' : `?${query}`}`,
    method: values.get('method'),
    headers: isGateway ? [['host', host], ...headers] : headers,
    originalDst: address,
    mode: isGateway ? 'gateway' : 'outbound',
    oneHop,
  };
}

/** A request as a check file has it. */
export interface Witness extends FixedRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly originalDst?: string;
  readonly oneHop?: boolean;
}

/** @param hasAddress whether the address must be given; otherwise the host of the URL leads there */
export function witnessRequest(query: TraceQuery, way: ReachWay, hasAddress: boolean): Witness {
  const { method = 'GET', headers = [], url } = query;
  const { ip, port } = way.destination.address;
  return {
    url,
    ...(method === 'GET' ? {} : { method }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(hasAddress ? { originalDst: hostPort(ip, port) } : {}),
    ...(way.oneHop ? { oneHop: true } : {}),
    ...way.fixed,
  };
}
