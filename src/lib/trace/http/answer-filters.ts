/** Which of Envoy's own answers a mapper of `local_reply_config` takes: filters of access logs, asked about an answer. */
import type { AccessLogFilter } from '../../envoy/listener';
import { fractionOf } from '../../match/fraction';
import { type HeaderView, matchHeader } from '../../match/header-matcher';
import type { Runtime } from '../../match/runtime';
import { every, isUnknown, some, type Ternary, unknown } from '../../match/ternary';
import type { Outcome } from '../model';

/** An answer, and what its filters look at. */
export interface Answered {
  readonly headers: HeaderView;
  readonly end: Outcome;
  readonly runtime: Runtime;
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/accesslog/v3/accesslog.proto#config-accesslog-v3-accesslogfilter */
export function holdsFor(filter: AccessLogFilter, asked: Answered): Ternary {
  const { headers, end, runtime } = asked;
  const { status_code_filter: code, header_filter: header, response_flag_filter: flags } = filter;
  if (code !== undefined) return compares(code, end.status ?? 0, runtime);
  if (header !== undefined) return matchHeader(header.header ?? {}, headers);
  if (flags !== undefined) return hasFlag(flags.flags ?? [], end);
  if (filter.runtime_filter !== undefined) return isSampled(filter.runtime_filter, runtime);
  if (filter.grpc_status_filter !== undefined) return hasGrpcStatus(filter.grpc_status_filter, end);
  if (filter.and_filter !== undefined) return every(filter.and_filter.filters ?? [], (one) => holdsFor(one, asked));
  if (filter.or_filter !== undefined) return some(filter.or_filter.filters ?? [], (one) => holdsFor(one, asked));
  const [kind] = Object.keys(filter);
  return (
    kind === undefined || kind === 'not_health_check_filter' || unknown(`the filter ${kind} of local_reply_config`)
  );
}

function compares(
  { comparison }: NonNullable<AccessLogFilter['status_code_filter']>,
  status: number,
  runtime: Runtime,
): Ternary {
  const { default_value: own = 0, runtime_key: key = '' } = comparison?.value ?? {};
  const wanted = runtime.number(key, own);
  if (isUnknown(wanted)) return wanted;
  switch (comparison?.op ?? 'EQ') {
    case 'EQ':
      return status === wanted;
    case 'GE':
      return status >= wanted;
    case 'LE':
      return status <= wanted;
    case 'NE':
      return status !== wanted;
  }
}

/** Without a list any flag will do. */
function hasFlag(wanted: readonly string[], { responseFlags }: Outcome): boolean {
  const own = responseFlags === null ? [] : responseFlags.split(',');
  return own.some((flag) => wanted.length === 0 || wanted.includes(flag));
}

type RuntimeFilter = NonNullable<AccessLogFilter['runtime_filter']>;
type GrpcStatusFilter = NonNullable<AccessLogFilter['grpc_status_filter']>;

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md; any other is UNKNOWN. */
const GRPC_STATUSES: Readonly<Record<number, string>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

/** A share of all answers, by the request's id or by chance. */
function isSampled({ runtime_key: key = '', percent_sampled: own }: RuntimeFilter, runtime: Runtime): Ternary {
  const percent = runtime.fraction({ runtime_key: key, default_value: own ?? {} });
  if (isUnknown(percent)) return percent;
  const share = fractionOf(percent);
  if (share <= 0 || share >= 1) return share >= 1;
  return unknown(`the runtime filter ${key} of local_reply_config, which takes a part of the answers`);
}

/** Of an answer of HTTP the status that gRPC would give it. */
function hasGrpcStatus({ statuses = [], exclude }: GrpcStatusFilter, { status }: Outcome): boolean {
  const found = statuses.includes(GRPC_STATUSES[status ?? 0] ?? 'UNKNOWN');
  return exclude === true ? !found : found;
}
