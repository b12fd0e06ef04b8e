/**
 * `envoy.extensions.filters.http.buffer.v3.Buffer`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/buffer_filter
 */
import { messageOf } from '../../../envoy/any';
import { firstHeader } from '../../../http/message';
import { localReply } from '../../hop/local-reply';
import { ends, type FilterResult, type FilterRun, goesOn } from './handler';

interface Buffered {
  readonly max_request_bytes?: number;
}

interface BufferPerRoute {
  readonly disabled?: boolean;
  readonly buffer?: Buffered;
}

/** A body that is longer gets 413; how long it is the request says by its Content-Length. */
export function runBuffer(run: FilterRun): FilterResult {
  const own = run.perRoute.configs[0];
  const route = own === undefined ? {} : messageOf<BufferPerRoute>(own.config);
  if (route.disabled === true) return goesOn(run, { kind: 'off-for-route' });
  const most = (route.buffer ?? messageOf<Buffered>(run.config)).max_request_bytes ?? 0;
  const told = firstHeader(run.message, 'content-length');
  const length = typeof told === 'string' && /^\d{1,15}$/.test(told) ? Number(told) : 0;
  if (length <= most) return goesOn(run, { kind: 'buffers-body', most });
  const cause = { kind: 'body-too-long', length, most } as const;
  return ends(run, localReply(run.message, ['denied', 'local-reply'], 413, cause));
}
