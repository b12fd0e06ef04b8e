/**
 * `envoy.extensions.filters.http.buffer.v3.Buffer`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/buffer_filter
 */
import { messageOf } from '../../../envoy/any';
import { bodySize } from '../../../http/body';
import { isUnknown } from '../../../match/ternary';
import type { Cause } from '../../facts/step';
import type { EndingBy } from '../../hop/ending';
import { localReply } from '../../hop/local-reply';
import { ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

interface Buffered {
  readonly max_request_bytes?: number;
}

interface BufferPerRoute {
  readonly disabled?: boolean;
  readonly buffer?: Buffered;
}

/** The largest DATA frame that an HTTP/2 client may send where it was told of no other size (RFC 9113, SETTINGS_MAX_FRAME_SIZE). */
const LARGEST_FRAME = 16_384;

/**
 * A body that is longer gets 413. What comes with the end of the stream is not counted: with HTTP/1 the end always comes
 * alone, with HTTP/2 it can come with the last DATA frame, and a body that is too long by that frame alone passes or does not.
 */
export function runBuffer(run: FilterRun): FilterResult {
  const own = run.perRoute.configs[0];
  const route = own === undefined ? {} : messageOf<BufferPerRoute>(own.config);
  if (route.disabled === true) return goesOn(run, { kind: 'off-for-route' });
  const most = (route.buffer ?? messageOf<Buffered>(run.config)).max_request_bytes ?? 0;
  const size = bodySize(run.message) ?? 0n;
  const refusal = <C extends Cause>(cause: C): EndingBy<C> =>
    localReply(run.message, ['denied', 'local-reply'], 413, cause);
  const mayRefuse = (input: string): FilterResult => open(run, input, refusal({ kind: 'filter-open', input }).outcome);
  if (isUnknown(size)) return mayRefuse(size.unknown);
  const length = Number(size);
  if (length <= most) return goesOn(run, { kind: 'buffers-body', most });
  const isByLastFrame = run.message.protocol === 'HTTP/2' && length <= most + LARGEST_FRAME;
  if (isByLastFrame) return mayRefuse('whether the last DATA frame of the body ends the stream');
  return ends(run, refusal({ kind: 'body-too-long', length, most }));
}
