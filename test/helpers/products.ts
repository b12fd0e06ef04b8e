/** A small proxy of each control plane, with the names, ids and metadata that it gives. */
import type { ControlPlane } from '../../src/lib/envoy/product';
import { manager, type Resources } from './hop';

export interface ProductSample {
  readonly product: ControlPlane;
  readonly resources: Resources;
  /** How requests come to it where nobody says. */
  readonly mode: 'gateway' | 'outbound';
  /** A request that no virtual host or no route takes. */
  readonly lost: string;
  /** A request that is delivered, and the object that its cluster stands for. */
  readonly found: string;
  readonly origin: string | null;
}

interface Spec {
  readonly product: ControlPlane;
  readonly node: object;
  readonly listener: string;
  readonly port: number;
  readonly routes: string;
  readonly host: string;
  readonly route?: string;
  readonly cluster: string;
  readonly metadata?: object;
  readonly mode?: 'outbound';
  readonly origin?: string;
}

function sample({ product, node, listener, port, routes, host, route, cluster, ...more }: Spec): ProductSample {
  const address = { socket_address: { address: '0.0.0.0', port_value: port } };
  const asked = more.mode === 'outbound' ? 8080 : port;
  const own = more.metadata === undefined ? {} : { metadata: { filter_metadata: more.metadata } };
  return {
    product,
    mode: more.mode ?? 'gateway',
    lost: `http://nobody.example:${asked}/`,
    found: `http://${host}:${asked}/shop`,
    origin: more.origin ?? null,
    resources: {
      bootstrap: { node },
      listeners: [
        {
          name: listener,
          address,
          filter_chains: [{ filters: [manager({ rds: { route_config_name: routes, config_source: { ads: {} } } })] }],
        },
      ],
      routes: [
        {
          name: routes,
          virtual_hosts: [
            {
              name: host,
              domains: [host, `${host}:*`],
              routes: [{ name: route, match: { prefix: '/shop' }, route: { cluster }, ...own }],
            },
          ],
        },
      ],
      clusters: [
        {
          name: cluster,
          type: 'STATIC',
          load_assignment: {
            cluster_name: cluster,
            endpoints: [
              {
                lb_endpoints: [
                  { endpoint: { address: { socket_address: { address: '10.1.2.3', port_value: 8080 } } } },
                ],
              },
            ],
          },
        },
      ],
    },
  };
}

const UUID = '2b1f9b2e-0f2d-4a5c-9d0e-1234567890ab';

export const PRODUCT_SAMPLES: readonly ProductSample[] = [
  sample({
    product: 'envoy-gateway',
    node: { id: 'envoy-default-eg-e41e7b31-6d8f9c7b5d-abcde', cluster: 'default/eg' },
    ...{ listener: 'default/eg/http', port: 10080, routes: 'default/eg/http', host: 'shop.example.com' },
    route: 'httproute/default/shop/rule/0/match/0/shop_example_com',
    cluster: 'httproute/default/shop/rule/0',
    metadata: { 'envoy-gateway': { resources: [{ kind: 'HTTPRoute', name: 'shop', namespace: 'default' }] } },
    origin: 'kubectl get httproute shop -n default -o yaml',
  }),
  sample({
    product: 'envoy-gateway',
    node: { id: 'router~10.9.9.9~eg.eg~eg.svc.cluster.local', cluster: 'eg' },
    ...{ listener: 'first-listener', port: 10080, routes: 'first-listener', host: 'shop.example.com' },
    ...{ route: 'httproute/default/shop/rule/0/match/0/*', cluster: 'first-dest' },
    origin: 'kubectl get httproute shop -n default -o yaml',
  }),
  sample({
    product: 'kgateway',
    node: {
      id: 'http-5c7d8-abcde.kgateway-system',
      cluster: 'http.kgateway-system',
      metadata: { role: 'kgateway-kube-gateway-api~kgateway-system~http' },
    },
    ...{ listener: 'listener~8080', port: 8080, routes: 'listener~8080', host: 'shop.example.com' },
    route: 'listener~8080~shop_example_com-route-0-httproute-shop-default-0-0-matcher-0',
    cluster: 'kube_default_shop_80',
    origin: 'kubectl get httproute shop -n default -o yaml',
  }),
  sample({
    product: 'gloo',
    node: { id: 'gateway-proxy-6c5.gloo-system', cluster: 'gateway', metadata: { role: 'gloo-system~gateway-proxy' } },
    ...{ listener: 'listener-::-8080', port: 8080, routes: 'listener-::-8080-routes', host: 'shop.example.com' },
    cluster: 'default-shop-8080_gloo-system',
  }),
  sample({
    product: 'kuma',
    node: {
      id: 'default.demo-gateway-5d8.kuma-demo',
      cluster: 'demo-gateway',
      metadata: { 'dataplane.proxyType': 'dataplane' },
    },
    ...{ listener: 'demo-gateway:HTTP:8080', port: 8080, routes: 'demo-gateway:HTTP:8080:*', host: 'shop.example.com' },
    cluster: 'kri_msvc_default__kuma-demo_shop_http',
    origin: 'kubectl get meshservice shop -n kuma-demo -o yaml',
  }),
  sample({
    product: 'kuma',
    node: {
      id: 'default.demo-app-5d8.kuma-demo',
      cluster: 'demo-app',
      metadata: { 'dataplane.proxyType': 'dataplane' },
    },
    ...{ listener: 'outbound:passthrough:ipv4', port: 15001, routes: 'outbound:shop', host: 'shop.mesh' },
    ...{ cluster: 'shop_kuma-demo_svc_8080', mode: 'outbound' },
    origin: 'kubectl get service shop -n kuma-demo -o yaml',
  }),
  sample({
    product: 'consul',
    node: { id: 'web-sidecar-proxy', cluster: 'web', metadata: { namespace: 'default', partition: 'default' } },
    ...{ listener: 'outbound_listener:127.0.0.1:15001', port: 15001, routes: 'shop', host: 'shop.virtual.consul' },
    ...{ cluster: `shop.default.dc1.internal.${UUID}.consul`, mode: 'outbound' },
  }),
  sample({
    product: 'consul',
    node: { id: 'api-gateway', cluster: 'api-gateway' },
    ...{ listener: 'http:0.0.0.0:8443', port: 8443, routes: '8443', host: 'shop.example.com' },
    cluster: `shop.default.dc1.internal.${UUID}.consul`,
  }),
  sample({
    product: 'osm',
    node: { id: `${UUID}.sidecar.bookbuyer.bookbuyer.cluster.local`, cluster: `${UUID}.sidecar.bookbuyer` },
    ...{ listener: 'outbound-listener', port: 15001, routes: 'rds-outbound.80', host: 'shop.shop' },
    ...{ cluster: 'shop/shop|8080', mode: 'outbound', origin: 'kubectl get service shop -n shop -o yaml' },
  }),
  sample({
    product: 'cilium',
    node: { id: 'host~127.0.0.1~no-id~localdomain', cluster: 'ingress-cluster' },
    ...{
      listener: 'default/cilium-gateway-shop/listener',
      port: 10511,
      routes: 'default/cilium-gateway-shop/listener-insecure',
    },
    host: 'shop.example.com',
    cluster: 'default/cilium-gateway-shop/default:shop:8080',
    origin: 'kubectl get service shop -n default -o yaml',
  }),
  sample({
    product: 'contour',
    node: { id: 'envoy-x7k2p', cluster: 'projectcontour' },
    ...{ listener: 'ingress_http', port: 8080, routes: 'ingress_http', host: 'shop.example.com' },
    cluster: 'default/shop/80/da39a3ee5e',
    metadata: {
      'envoy.access_loggers.file': {
        'io.projectcontour.kind': 'HTTPProxy',
        'io.projectcontour.name': 'shop',
        'io.projectcontour.namespace': 'default',
      },
    },
    origin: 'kubectl get httpproxy shop -n default -o yaml',
  }),
  sample({
    product: 'emissary',
    node: { id: 'test-id', cluster: 'ambassador-default' },
    ...{
      listener: 'emissary-ingress-listener-8080',
      port: 8080,
      routes: 'emissary-ingress-listener-8080-routeconfig-0',
    },
    ...{ host: 'shop.example.com', cluster: 'cluster_shop_default_default' },
  }),
  sample({
    product: 'app-mesh',
    node: { id: 'mesh/shop/virtualNode/web', cluster: 'mesh/shop/virtualNode/web' },
    ...{ listener: 'lds_egress_0.0.0.0_15001', port: 15001, routes: 'rds_egress_http_8080', host: 'shop.local' },
    ...{ cluster: 'cds_egress_shop_cart_http_8080', mode: 'outbound' },
  }),
  sample({
    product: 'higress',
    node: {
      id: 'router~10.5.2.63~higress-gateway-5d89f8dd85-whprp.higress-system~higress-system.svc.cluster.local',
      cluster: 'higress-gateway.higress-system',
      metadata: { ISTIO_VERSION: '1.19-dev' },
    },
    ...{ listener: '0.0.0.0_80', port: 80, routes: 'http.80', host: 'shop.example.com' },
    cluster: 'outbound|80||shop.default.svc.cluster.local',
  }),
  sample({
    product: 'envoy',
    node: { user_agent_name: 'envoy' },
    ...{ listener: 'web', port: 8080, routes: 'local', host: 'shop.example.com', cluster: 'shop' },
  }),
];
