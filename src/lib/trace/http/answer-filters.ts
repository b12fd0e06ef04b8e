/** Which of Envoy's own answers a mapper of `local_reply_config` takes: filters of access logs, asked about an answer. */
import type { AccessLogFilter } from '../../envoy/listener';
import { fractionOf } from '../../match/fraction';
import { type HeaderView, matchHeader } from '../../match/header-matcher';
import { matchMetadataValue, type MetadataFields, metadataValue } from '../../match/metadata-matcher';
import type { Runtime } from '../../match/runtime';
import { every, isUnknown, not, some, type Ternary, unknown } from '../../match/ternary';
import { ownField } from '../../own-field';
import type { Outcome } from '../model';

/** An answer, and what its filters look at. */
export interface Answered {
  readonly headers: HeaderView;
  readonly end: Outcome;
  readonly runtime: Runtime;
  /** Whether a filter took the request for a health check. */
  readonly isHealthCheck: Ternary;
  /** Whether it is traced because somebody asks for it. */
  readonly isTraceForced: () => Ternary;
  /** What filters wrote until then. */
  readonly metadata: (namespace: string) => MetadataFields;
}

/**
 * An answer is no entry of a log yet: its type is not set, and it has lasted no time that could be known.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/accesslog/v3/accesslog.proto#config-accesslog-v3-accesslogfilter
 */
export function holdsFor(filter: AccessLogFilter, asked: Answered): Ternary {
  const [kind] = Object.keys(filter);
  if (kind === undefined) return true;
  const holds = ownField(KINDS, kind);
  return holds === undefined ? unknown(`the filter ${kind} of local_reply_config`) : holds(filter, asked);
}

type Kind = (filter: AccessLogFilter, asked: Answered) => Ternary;

const KINDS: Readonly<Record<keyof AccessLogFilter, Kind>> = {
  status_code_filter: ({ status_code_filter: code }, { end, runtime }) =>
    compares(code ?? {}, end.status ?? 0, runtime),
  duration_filter: ({ duration_filter: duration }, { runtime }) => hasLasted(duration ?? {}, runtime),
  header_filter: ({ header_filter: header }, { headers }) => matchHeader(header?.header ?? {}, headers),
  response_flag_filter: ({ response_flag_filter: flags }, { end }) => hasFlag(flags?.flags ?? [], end),
  runtime_filter: ({ runtime_filter: sampled }, { runtime }) => isSampled(sampled ?? {}, runtime),
  grpc_status_filter: ({ grpc_status_filter: status }, { end }) => hasGrpcStatus(status ?? {}, end),
  not_health_check_filter: (_, { isHealthCheck }) => not(isHealthCheck),
  traceable_filter: (_, { isHealthCheck, isTraceForced }) => every([not(isHealthCheck), isTraceForced()], (one) => one),
  metadata_filter: ({ metadata_filter: own }, { metadata }) => hasMetadata(own ?? {}, metadata),
  log_type_filter: ({ log_type_filter: log }) => (log?.types ?? []).includes('NotSet') !== (log?.exclude === true),
  and_filter: ({ and_filter: all }, asked) => every(all?.filters ?? [], (one) => holdsFor(one, asked)),
  or_filter: ({ or_filter: any }, asked) => some(any?.filters ?? [], (one) => holdsFor(one, asked)),
};

/** How long a request took is in no configuration, but that it is at least nothing. */
function hasLasted({ comparison }: NonNullable<AccessLogFilter['duration_filter']>, runtime: Runtime): Ternary {
  const { default_value: own = 0, runtime_key: key = '' } = comparison?.value ?? {};
  const wanted = runtime.number(key, own);
  if (isUnknown(wanted)) return wanted;
  return (comparison?.op === 'GE' && wanted <= 0) || unknown('how long the request took (duration_filter)');
}

type MetadataFilter = NonNullable<AccessLogFilter['metadata_filter']>;

/** Its surprise: `invert` says nothing here, and what is not there is taken unless the filter says otherwise. */
function hasMetadata(
  { matcher = {}, match_if_key_not_found: otherwise = true }: MetadataFilter,
  metadata: Answered['metadata'],
): Ternary {
  const { fields, unknown: input } = metadata(matcher.filter ?? '');
  const value = metadataValue(matcher, fields);
  if (value === undefined) return input === null ? otherwise : unknown(input);
  return matchMetadataValue(matcher.value ?? {}, value);
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

/** Without a list any flag will do. What the codec refuses has its flag only once it is answered. */
function hasFlag(wanted: readonly string[], { responseFlags, reason }: Outcome): boolean {
  const own = responseFlags === null || reason === 'protocol-error' ? [] : responseFlags.split(',');
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
