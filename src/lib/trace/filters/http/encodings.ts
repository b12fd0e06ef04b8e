/**
 * What compressors and decompressors do to Accept-Encoding on its way to the application: one may take it away, the other adds what it can
 * undo. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/decompressor_filter
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/compressor_filter
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import { type HeaderValue, type HttpMessage, joinedHeader, withHeader, withoutHeaders } from '../../../http/message';
import { isUnknown, unknown } from '../../../match/ternary';
import { type FilterResult, type FilterRun, filterStep, goesOn } from './handler';

const HEADER = 'accept-encoding';

interface Direction {
  readonly remove_accept_encoding_header?: boolean;
}

/** `envoy.extensions.filters.http.compressor.v3.Compressor`: it may keep the codings that the client takes from the application. */
export function runCompressor(run: FilterRun): FilterResult {
  const config = messageOf<Direction & { readonly response_direction_config?: Direction }>(run.config);
  if (messageOf<{ readonly disabled?: boolean }>(run.perRoute.configs[0]?.config).disabled === true) {
    return goesOn(run, { kind: 'off-for-route' });
  }
  const removes = (config.response_direction_config ?? config).remove_accept_encoding_header === true;
  return passed(
    run,
    'envoy.extensions.filters.http.compressor.v3.Compressor',
    removes ? withoutHeaders(run.message, [HEADER]) : run.message,
  );
}

/** `envoy.extensions.filters.http.decompressor.v3.Decompressor`: it tells the application of its own coding unless told otherwise. */
export function runDecompressor(run: FilterRun): FilterResult {
  const { decompressor_library: library, request_direction_config: direction } = messageOf<{
    readonly decompressor_library?: TypedExtension;
    readonly request_direction_config?: { readonly advertise_accept_encoding?: boolean };
  }>(run.config);
  const advertises = direction?.advertise_accept_encoding !== false;
  const message = advertises ? advertised(run.message, messageTypeOf(library?.typed_config)) : run.message;
  return passed(run, 'envoy.extensions.filters.http.decompressor.v3.Decompressor', message);
}

type Coder =
  | 'envoy.extensions.filters.http.compressor.v3.Compressor'
  | 'envoy.extensions.filters.http.decompressor.v3.Decompressor';

function passed(run: FilterRun, filter: Coder, message: HttpMessage): FilterResult {
  return { kind: 'goes-on', steps: [filterStep(run, 'passed', { kind: 'http-filter-acts', filter })], message };
}

function advertised(message: HttpMessage, library: string): HttpMessage {
  return withHeader(message, HEADER, encodings(joinedHeader(message, HEADER) ?? '', library));
}

/** Behind the others, and in the place of what is said of the same coding. */
function encodings(came: HeaderValue, library: string): HeaderValue {
  if (isUnknown(came)) return came;
  if (!library.endsWith('.gzip.decompressor.v3.Gzip') || /[ \t]/.test(came)) {
    return unknown('what the decompressor makes of Accept-Encoding');
  }
  const others = came.split(',').filter((one) => one !== '' && one.split(';')[0] !== 'gzip');
  return [...others, 'gzip'].join(',');
}
