/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert */
import { isUnknown } from '../../../../src/lib/match/ternary';
import type { HttpMessage } from '../../../../src/lib/http/message';
import { withRequestHeaders } from '../../../../src/lib/trace/http/request-headers';

const message: HttpMessage = {
  method: 'GET',
  scheme: 'http',
  authority: 'a',
  path: '/',
  protocol: 'HTTP/1.1',
  headers: [['x-forwarded-client-cert', 'Hash=1']],
};

it.each([
  ['SANITIZE', true, 'absent'],
  ['SANITIZE_SET', true, 'unknown'],
  ['APPEND_FORWARD', true, 'unknown'],
  ['FORWARD_ONLY', true, 'Hash=1'],
  ['ALWAYS_FORWARD_ONLY', false, 'Hash=1'],
  ['APPEND_FORWARD', false, 'absent'],
  ['SANITIZE_SET', false, 'absent'],
])('%s, with a certificate %s: %s', (forward_client_cert_details, presentsCertificate, expected) => {
  const arrival = {
    message,
    payload: 'http/1.1' as const,
    isOpaqueTls: false,
    alpn: null,
    sourceIp: '10.0.0.1',
    ownIp: null,
    localPort: 80,
    isTls: true,
    presentsCertificate,
    isAgain: false,
  };
  const { headers } = withRequestHeaders({ forward_client_cert_details }, message, arrival, {});
  const value = headers.find(([name]) => name === 'x-forwarded-client-cert')?.[1] ?? 'absent';
  expect(isUnknown(value) ? 'unknown' : value).toBe(expected);
});
