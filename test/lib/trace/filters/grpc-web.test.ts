/**
 * gRPC-Web. Every row is what Envoy 1.37.0 did.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/grpc_web_filter
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

function walked(type: string, more: Headers = []): Walked {
  const http_filters = [
    typed('web', 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb'),
    typed('router', 'envoy.extensions.filters.http.router.v3.Router'),
  ];
  const routes = [{ match: { prefix: '/' }, route: { cluster: 'c' } }];
  const whole = manager({ http_filters, route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] } });
  const config = proxyOf({ listeners: [listenerOf([whole])], clusters: [clusterOf('c', [{ port: 1 }])] });
  return walkOf(config, 'http://h/', { method: 'POST', headers: [['content-type', type], ...more] });
}

function sent({ forward }: Walked): Readonly<Record<string, unknown>> {
  const names = ['content-type', 'te', 'grpc-accept-encoding', 'content-length'];
  return Object.fromEntries((forward?.message?.headers ?? []).filter(([name]) => names.includes(name)));
}

const GRPC = { 'content-type': 'application/grpc', te: 'trailers', 'grpc-accept-encoding': 'identity' };
const BODY: Headers = [['content-length', '7']];

it.each<[type: string, more: Headers, sent: object]>([
  ['application/grpc-web', BODY, GRPC],
  ['application/grpc-web+proto', [['te', 'x']], GRPC],
  ['application/grpc-web', [['grpc-accept-encoding', 'br']], { ...GRPC, 'grpc-accept-encoding': 'br' }],
  ['application/grpc-web-text', [], GRPC],
  ['application/grpc-web-text+proto', [['content-length', '0']], GRPC],
  ['application/grpc-web+json', [], { 'content-type': 'application/grpc-web+json' }],
  [
    'application/grpc-web-text; charset=x',
    BODY,
    { 'content-type': 'application/grpc-web-text; charset=x', 'content-length': '7' },
  ],
  ['Application/grpc-web', [], { 'content-type': 'Application/grpc-web' }],
])('%s with %j goes on with %j', (type, more, expected) => {
  expect(sent(walked(type, more))).toEqual(expected);
});

it.each(['application/grpc-web-text', 'application/grpc-web-text+proto'])('%s with a body that may be none', (type) => {
  const end = walked(type, BODY);
  expect(end).toMatchObject({ verdict: 'unknown' });
  expect(end.because).toContain('whether the body of the gRPC-Web request is base64');
});
