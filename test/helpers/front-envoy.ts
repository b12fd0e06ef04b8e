/** An Envoy with a few routes of each kind, an access log and two applications: what a person proves against on one machine. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const TYPE = 'type.googleapis.com/envoy.extensions';
const ISTIO_LIKE =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n';

export interface FrontBootstrap {
  readonly node: object;
  readonly static_resources: { readonly clusters: readonly object[]; readonly listeners: readonly object[] };
}

/** @param log where its access log is written */
export function frontEnvoy(port: number, upstreams: readonly number[], log: string): FrontBootstrap {
  const clusters = upstreams.map((upstream, index) => {
    const name = `backend-${index}`;
    const address = { socket_address: { address: '127.0.0.1', port_value: upstream } };
    return {
      name,
      type: 'STATIC',
      load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    };
  });
  const rules = {
    action: 'DENY',
    policies: {
      'no-admin': {
        permissions: [{ url_path: { path: { prefix: '/admin' } } }],
        principals: [{ any: true }],
      },
    },
  };
  const weighted = {
    clusters: [
      { name: 'backend-0', weight: 50 },
      { name: 'backend-1', weight: 50 },
    ],
  };
  const routes = [
    { name: 'redirected', match: { path: '/old' }, redirect: { path_redirect: '/new' } },
    { name: 'answered', match: { path: '/teapot' }, direct_response: { status: 418 } },
    { name: 'shared', match: { prefix: '/shared' }, route: { weighted_clusters: weighted } },
    {
      name: 'second',
      match: { prefix: '/', headers: [{ name: 'end-user', string_match: { exact: 'luffy' } }] },
      route: { cluster: 'backend-1' },
    },
    { name: 'first', match: { prefix: '/' }, route: { cluster: 'backend-0' } },
  ];
  const manager = {
    '@type': `${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'front',
    route_config: {
      name: 'local',
      virtual_hosts: [{ name: 'shop', domains: ['shop', 'shop:*', 'shop.example'], routes }],
    },
    access_log: [
      {
        name: 'envoy.access_loggers.file',
        typed_config: {
          '@type': `${TYPE}.access_loggers.file.v3.FileAccessLog`,
          path: log,
          log_format: { text_format_source: { inline_string: ISTIO_LIKE } },
        },
      },
    ],
    http_filters: [
      { name: 'guard', typed_config: { '@type': `${TYPE}.filters.http.rbac.v3.RBAC`, rules } },
      { name: 'envoy.filters.http.router', typed_config: { '@type': `${TYPE}.filters.http.router.v3.Router` } },
    ],
  };
  return {
    node: { id: 'router~127.0.0.1~front.shop~shop.svc.cluster.local', cluster: 'front' },
    static_resources: {
      clusters,
      listeners: [
        {
          name: 'front',
          address: { socket_address: { address: '127.0.0.1', port_value: port } },
          filter_chains: [{ filters: [{ name: 'envoy.http', typed_config: manager }] }],
        },
      ],
    },
  };
}

export interface Answering {
  readonly server: Server;
  readonly port: number;
}

/** An application that answers 200. */
export async function answering(): Promise<Answering> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { connection: 'close' });
    response.end('here');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}
