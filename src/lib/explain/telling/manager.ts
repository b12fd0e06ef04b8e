/** The words of the HTTP connection manager: what it admits, what it refuses, and what its codecs do. */
import type { CodecFault } from '../../http/codec';
import type { PathFault } from '../../http/path-normalization';
import type { ManagerCause, ManagerSetting } from '../../trace/facts/manager';
import type { SettingLabels } from './labels';
import { tell, type Tellings } from './tellings';

export const MANAGER: Tellings<ManagerCause> = {
  admitted: ({ protocol, method, path }) => `${protocol} ${method} ${path}`,
  'no-http': () => 'what comes is not HTTP',
  'path-refused': ({ fault }) => PATH_FAULTS[fault],
  'no-path': ({ target }) => `the target of the request, ${target}, is not a path`,
  'escaped-slashes': ({ input }) => {
    const what = 'the path holds escaped slashes, which are redirected to their plain form';
    return input === null ? what : `${what}; of what form depends on ${input}`;
  },
  'client-address-missing': () =>
    "the request does not name the client's address, and such requests are refused (reject_with_status)",
  'manager-open': ({ header, input }) =>
    `what the connection manager makes of the request depends on ${header === null ? input : `its header ${header}: ${input}`}`,
  'tls-comes-unopened': () => 'TLS comes to an HTTP connection manager whose filter chain does not terminate it',
  'client-waits-for-server': () =>
    'the client waits for the server to speak first, and an HTTP connection manager waits for a request',
  'bytes-come': () => 'the bytes that come are not HTTP',
  'other-protocol-to-http2': ({ payload }) => `${payload} comes to an HTTP/2 codec`,
  'http2-to-http1': () => 'HTTP/2 comes to an HTTP/1 codec',
  'http10-not-accepted': () => 'HTTP/1.0 is not accepted here (accept_http_10)',
  'no-host': () => 'the request has no Host',
  'codec-refuses': ({ fault, isHttp2 }) => `${isHttp2 ? 'HTTP/2: ' : ''}${tell(CODEC_FAULTS, fault)}`,
  'upgrade-refused': ({ upgrade }) =>
    `neither the route nor the connection manager lets ${upgrade} through (upgrade_configs)`,
  'no-time-left': () => 'grpc-timeout leaves the stream no time, so it is ended as soon as it is sent on',
  'follows-redirect': ({ location }) => `follows the redirect to ${location} itself (internal_redirect_policy)`,
  'writes-access-logs': ({ count }) => (count === 1 ? 'writes an access log' : `writes ${count} access logs`),
  'traces-requests': ({ percent, provider }) =>
    `${percent}% of requests are traced${provider === null ? '' : ` by ${provider}`}`,
};

const PATH_FAULTS: Readonly<Record<PathFault, string>> = {
  fragment: 'the path holds a #',
  'escaped-slash': 'the path holds an escaped slash',
  'escaped-nul': 'the path holds an escaped NUL',
};

const CODEC_FAULTS: Tellings<CodecFault> = {
  'too-many-named': ({ count }) => `its Connection header names ${count} headers, and Envoy accepts fewer than ten`,
  'named-header': ({ name }) => `its Connection header names ${name}, which nobody may have taken away`,
  'long-te': () => 'its Connection header names te, which is longer than the 255 bytes that Envoy accepts',
  method: ({ method }) => `${method} is not a method that Envoy's HTTP/1 codec knows`,
  'length-with-coding': () => 'it has Transfer-Encoding and Content-Length, which contradict each other',
  'transfer-coding': () => 'its Transfer-Encoding is not chunked alone, which Envoy does not implement',
  'connect-with-length': () => 'a CONNECT request has no body, and this one has a length',
  'extended-connect': () => 'an upgrade comes as extended CONNECT, which the port does not accept (allow_connect)',
  'connection-header': ({ name }) => `the request has the header ${name}, which only HTTP/1 may have`,
  'te-header': () => 'the header te may only be trailers',
  'empty-authority': () => 'its authority is empty',
  'repeated-length': () => 'it has Content-Length more than once',
  'odd-length': ({ length }) => `its Content-Length ${JSON.stringify(length)} is not a length`,
  'control-character': ({ name }) => `the header ${name} holds a control character`,
  underscore: ({ name }) =>
    `the name of the header ${name} holds an underscore (headers_with_underscores_action: REJECT_REQUEST)`,
  'unescaped-path': () => 'the path holds a character that must be percent-encoded',
  'odd-target': () => 'the target of the request is neither a path nor an address, nor * for OPTIONS',
  'https-on-plain-text': () =>
    'the target of the request is an address of https, and the connection is plain text (use_remote_address)',
  'odd-authority': ({ authority }) => `the authority ${authority} holds a character that it must not`,
  'connect-without-port': ({ authority }) =>
    `the target of CONNECT is a host and a port, and ${JSON.stringify(authority)} is not`,
  'too-many-headers': ({ count, most }) =>
    `it has ${count} headers, and at most ${most} are accepted (max_headers_count)`,
  'too-large': ({ bytes, mostKib }) =>
    `its headers have ${bytes} bytes, and at most ${mostKib} KiB are accepted (max_request_headers_kb)`,
};

/** `the last entry`, `entry 2 from the right`. */
export function entryText(fromRight: number): string {
  return fromRight === 1 ? 'the last entry' : `entry ${fromRight} from the right`;
}

export const MANAGER_SETTINGS: SettingLabels<ManagerSetting> = {
  'path-change': ['path', ({ by, before, after }) => `${by}: ${before} → ${after}`],
  'authority-change': ['authority', ({ from, to }) => `${from} → ${to}`],
  'early-header-change': ['early header', ({ change }) => change],
  'client-address': [
    'client address',
    ({ address, fromRight }) => `${address}, ${entryText(fromRight)} of X-Forwarded-For`,
  ],
  'access-log': [
    'access log',
    ({ name, to, isFiltered }) =>
      `${name}${to === null ? '' : ` to ${to}`}${isFiltered ? ', where its filter holds' : ''}`,
  ],
  'traced-requests': ['traced requests', ({ percent }) => `${percent}%`],
};
