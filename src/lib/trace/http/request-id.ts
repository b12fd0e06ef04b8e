/** The id that Envoy makes for a request that comes without one. */
import { messageOf } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import type { HeaderValue } from '../../http/message';
import { ShapedText } from '../../match/shaped-text';
import { unknown } from '../../match/ternary';

const MADE = 'the request id that Envoy makes';

const DIGIT = '0123456789abcdef';

/** A UUID of version 4 with what may stand at each place. */
function places(reasons: string): readonly string[] {
  const times = (count: number): string[] => Array<string>(count).fill(DIGIT);
  return [...times(8), '-', ...times(4), '-', reasons, ...times(3), '-', '89ab', ...times(3), '-', ...times(12)];
}

/**
 * A random UUID of version 4 in small letters. Its surprise: where requests are traced, the digit of the version tells filters behind the choice of the
 * route why (`9`, `a` or `b`), unless `pack_trace_reason` is false. An extension may make other ids.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/request_id/uuid/v3/uuid.proto
 */
export function madeRequestId({ tracing, request_id_extension: extension }: HttpConnectionManager): HeaderValue {
  const { typed_config: config } = extension ?? {};
  if (config !== undefined && config['@type']?.endsWith('.UuidRequestIdConfig') !== true)
    return unknown(`${MADE} (request_id_extension)`);
  const { pack_trace_reason: isPacked = true } = messageOf<{ pack_trace_reason?: boolean }>(config);
  return new ShapedText(MADE, places(tracing !== undefined && isPacked ? '49ab' : '4'));
}

/** Whether it is an id that Envoy has made itself. */
export function isMadeRequestId(id: HeaderValue | null): boolean {
  return id instanceof ShapedText;
}
