/**
 * The requests that are spoken of: as they are once connection managers have normalised them, written so that they stay what
 * they are. What is left out is said in `ASSUMED`.
 */
import { OCTET } from './addresses';
import { prefixLanguage, regexLanguage } from './build-language';

import { ownField } from '../own-field';
import { Language } from './language';

/** What is spoken of in one dimension. */
export interface Universe {
  /** Whether it may be missing. */
  readonly absent: boolean;
  readonly values: Language;
}

/** What is taken for granted of every request; part of the answer. */
export const ASSUMED: readonly string[] = [
  'HTTP/1.1, or HTTP/2 where TLS agrees on it; neither gRPC nor upgrades; what a pod sends to its own sidecar is plain text',
  'certificates of clients with one URI SAN, spiffe://…, and no other name',
  'a token is valid where there is one, and names its issuer and audience; other claims are texts, or lists of one text',
  'paths without percent-escapes, empty or dot segments and parameters, which connection managers may normalise',
  'host names in lower case, with the port as clients write it',
  'at most one value of a header, in ASCII, and no header whose name has an underscore',
  'no headers by which clients steer Envoy or the codec (x-envoy-*, x-forwarded-*, connection, te, expect and the like) unless a matcher names them',
  'addresses of pods are not dialled directly',
  "ports that a pod's iptables rules leave to the application count only where a condition names the port",
];

const HOST = '[a-z0-9]([a-z0-9.-]*[a-z0-9])?';
const CHARACTER = "[A-Za-z0-9_~:@!$&'()*+,=-]";
/** A segment that is neither empty nor `.` or `..`. */
const SEGMENT = `(${CHARACTER}|\\.${CHARACTER}|\\.\\.${CHARACTER}|\\.\\.\\.)(${CHARACTER}|\\.)*`;
const PATH = `(/${SEGMENT})*/|(/${SEGMENT})+`;
const METHODS = 'GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH';
const HEADER = '|[!-~]([ -~]*[!-~])?';
const QUERY = "[A-Za-z0-9_~:@!$'()*,./?=-]*";

const NAME = '[a-z0-9_]([a-z0-9._-]*[a-z0-9])?';
const PRINCIPAL = 'spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+';
/** Lists of protocols that clients offer: what curl, a sidecar and other clients do; `none` is no offer. */
export const ALPN_OFFERS: readonly string[] = [
  'h2,http/1.1',
  'istio-http/1.1,istio,http/1.1',
  'http/1.1',
  'h2',
  'istio-peer-exchange,istio',
  'none',
];
const OFFERS = ALPN_OFFERS.map((text) => text.replaceAll('.', '\\.')).join('|');
/** Addresses of hosts: neither this host's own, nor for several. */
const FIRST_OCTET = '([1-9]|[1-9][0-9]|1[01][0-9]|12[0-689]|1[3-9][0-9]|2[01][0-9]|22[0-3])';
const IPV4 = `${FIRST_OCTET}(\\.${OCTET}){3}`;
const IPV6 = '([1-9a-e][0-9a-f]{3}|f[0-9a-e][0-9a-f]{2})(:[0-9a-f]{4}){7}';
/** A text that is no JSON, or a list of one text. */
const CLAIM = '[!#-Z^-z|}~][!-~]*|\\["[!#-\\[\\]-~]+"\\]';

const known = new Map<string, Universe>();

/** Dimensions that are not like others of their kind. */
const SPECIAL = new Set(['header:content-type', 'claim:iss', 'claim:aud']);

/**
 * Every value of a dimension that is spoken of.
 * @param family of the addresses of clients: that of the address that they call
 */
export function universeOf(dimension: string, family: 4 | 6 = 4): Universe {
  const own = SPECIAL.has(dimension) ? dimension : (dimension.split(':')[0] ?? '');
  const kind = own === 'source-ip' && family === 6 ? 'source-ip of IPv6' : own;
  const found = known.get(kind) ?? made(kind);
  known.set(kind, found);
  return found;
}

const ONE_OF = (absent: boolean, regex: string) => (): Universe => ({
  absent,
  values: regexLanguage(regex) ?? Language.none,
});

const KINDS: Readonly<Record<string, () => Universe>> = {
  host: ONE_OF(false, HOST),
  path: ONE_OF(false, PATH),
  method: ONE_OF(false, METHODS),
  query: ONE_OF(true, QUERY),
  header: ONE_OF(true, HEADER),
  // gRPC's requests are answered otherwise, and are not spoken of.
  'header:content-type': () => {
    const { absent, values } = ONE_OF(true, HEADER)();
    return { absent, values: values.minus(prefixLanguage('application/grpc')) };
  },
  tls: ONE_OF(false, 'plaintext|tls|mtls'),
  sni: ONE_OF(true, NAME),
  alpn: ONE_OF(false, OFFERS),
  principal: ONE_OF(false, PRINCIPAL),
  'source-ip': ONE_OF(false, IPV4),
  'source-ip of IPv6': ONE_OF(false, IPV6),
  token: ONE_OF(true, 'valid'),
  claim: ONE_OF(true, CLAIM),
  'claim:iss': ONE_OF(false, '[!#-Z^-z|}~][!-~]*'),
  'claim:aud': ONE_OF(false, '[!#-Z^-z|}~][!-~]*'),
};

function made(kind: string): Universe {
  return (ownField(KINDS, kind) ?? ONE_OF(true, HEADER))();
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
