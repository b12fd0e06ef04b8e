/**
 * The requests that are spoken of: as they are once connection managers have normalised them, written so that they stay what
 * they are. What is left out is said in `ASSUMED`.
 */
import { prefixLanguage, regexLanguage } from './build-language';

import { Language } from './language';

/** What is spoken of in one dimension. */
export interface Universe {
  /** Whether it may be missing. */
  readonly absent: boolean;
  readonly values: Language;
}

/** What is taken for granted of every request; part of the answer. */
export const ASSUMED: readonly string[] = [
  'plain HTTP/1.1 requests, neither TLS nor gRPC nor upgrades',
  'paths without percent-escapes, empty or dot segments and parameters, which connection managers may normalise',
  'host names in lower case, with the port as clients write it',
  'at most one value of a header, in ASCII, and no header whose name has an underscore',
  'no headers by which clients steer Envoy or the codec (x-envoy-*, x-forwarded-*, connection, te, expect and the like) unless a matcher names them',
  'addresses of pods are not dialled directly',
];

const HOST = '[a-z0-9]([a-z0-9.-]*[a-z0-9])?';
const CHARACTER = "[A-Za-z0-9_~:@!$&'()*+,=-]";
/** A segment that is neither empty nor `.` or `..`. */
const SEGMENT = `(${CHARACTER}|\\.${CHARACTER}|\\.\\.${CHARACTER}|\\.\\.\\.)(${CHARACTER}|\\.)*`;
const PATH = `(/${SEGMENT})*/|(/${SEGMENT})+`;
const METHODS = 'GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH';
const HEADER = '|[!-~]([ -~]*[!-~])?';
const QUERY = "[A-Za-z0-9_~:@!$'()*,./?=-]*";

const known = new Map<string, Universe>();

/** Every value of a dimension that is spoken of. */
export function universeOf(dimension: string): Universe {
  const kind = dimension === 'header:content-type' ? dimension : (dimension.split(':')[0] ?? '');
  const found = known.get(kind) ?? made(kind);
  known.set(kind, found);
  return found;
}

function made(kind: string): Universe {
  const values = (regex: string): Language => regexLanguage(regex) ?? Language.none;
  switch (kind) {
    case 'host':
      return { absent: false, values: values(HOST) };
    case 'path':
      return { absent: false, values: values(PATH) };
    case 'method':
      return { absent: false, values: values(METHODS) };
    case 'query':
      return { absent: true, values: values(QUERY) };
    case 'header:content-type':
      // gRPC's requests are answered otherwise, and are not spoken of.
      return { absent: true, values: values(HEADER).minus(prefixLanguage('application/grpc')) };
    default:
      return { absent: true, values: values(HEADER) };
  }
}

/** Headers that steer the codec, Envoy or gRPC: a read of one that no matcher of the configuration makes divides nothing. */
export function isSteering(name: string): boolean {
  return STEERING.has(name) || /^x-(?:envoy|forwarded|istio|b3)-/.test(name) || name.startsWith(':');
}

const STEERING = new Set([
  'connection',
  'upgrade',
  'te',
  'expect',
  'transfer-encoding',
  'content-length',
  'content-type',
  'keep-alive',
  'proxy-connection',
  'x-request-id',
  'grpc-timeout',
]);
