/** The objects of each control plane but Istio that advice sends its reader to. */
import type { ControlPlane } from '../../envoy/product';

/** What advice calls the objects of a product, and the lines that print them. */
export interface ProductObjects {
  /** The product as its documentation calls it. */
  readonly name: string;
  /** What decides about hosts and paths, with its article. */
  readonly route: string;
  /** What opens a port, with its article. */
  readonly listener: string;
  /** What allows and denies requests, with its article. */
  readonly policy: string;
  /** What endpoints come from. */
  readonly backend: string;
  /** What sends the configuration. */
  readonly controller: string;
  readonly commands: {
    readonly route: readonly string[];
    readonly listener: readonly string[];
    readonly policy: readonly string[];
    readonly backend: readonly string[];
  };
}

const all = (...resources: readonly string[]): readonly string[] => resources.map((name) => `kubectl get ${name} -A`);

const GATEWAYS = all('gateways.gateway.networking.k8s.io');
const HTTP_ROUTES = all('httproutes.gateway.networking.k8s.io');
const SLICES = all('endpointslices');

/** The Gateway API's objects, which several products serve. https://gateway-api.sigs.k8s.io/concepts/api-overview/ */
const GATEWAY_API = {
  route: 'an HTTPRoute',
  listener: 'a listener of a Gateway',
  backend: 'the Service of a backendRef',
  commands: { route: HTTP_ROUTES, listener: GATEWAYS, backend: SLICES },
};

export const PRODUCT_OBJECTS: Readonly<Record<Exclude<ControlPlane, 'istio'>, ProductObjects>> = {
  'envoy-gateway': {
    ...GATEWAY_API,
    name: 'Envoy Gateway',
    policy: 'a SecurityPolicy',
    controller: 'Envoy Gateway',
    commands: { ...GATEWAY_API.commands, policy: all('securitypolicies.gateway.envoyproxy.io') },
  },
  kgateway: {
    ...GATEWAY_API,
    name: 'kgateway',
    policy: 'a TrafficPolicy',
    controller: 'kgateway',
    commands: { ...GATEWAY_API.commands, policy: all('trafficpolicies.gateway.kgateway.dev') },
  },
  gloo: {
    name: 'Gloo',
    route: 'a virtual service of Gloo, a RouteTable or an HTTPRoute',
    listener: 'a Gateway of Gloo',
    policy: 'an option of the route, or an AuthConfig',
    backend: 'the Upstream',
    controller: 'Gloo',
    commands: {
      route: ['glooctl get vs', ...HTTP_ROUTES],
      listener: all('gateways.gateway.solo.io'),
      policy: all('authconfigs.enterprise.gloo.solo.io'),
      backend: ['glooctl get upstream'],
    },
  },
  kuma: {
    name: 'Kuma',
    route: 'a MeshHTTPRoute',
    listener: 'a listener of a MeshGateway, or an outbound of the data plane proxy',
    policy: 'a MeshTrafficPermission',
    backend: 'the MeshService',
    controller: 'kuma-cp',
    commands: {
      route: ['kumactl get meshhttproutes'],
      listener: ['kumactl get dataplanes', 'kumactl get meshgateways'],
      policy: ['kumactl get meshtrafficpermissions'],
      backend: ['kumactl get meshservices'],
    },
  },
  consul: {
    name: 'Consul',
    route: 'a service-router',
    listener: 'an upstream of the proxy, or a listener of a gateway',
    policy: 'a service-intentions entry',
    backend: 'the service in the catalog',
    controller: 'Consul',
    commands: {
      route: ['consul config list -kind service-router', 'consul config list -kind service-resolver'],
      listener: ['consul catalog services'],
      policy: ['consul intention list'],
      backend: ['consul catalog services'],
    },
  },
  osm: {
    name: 'Open Service Mesh',
    route: 'an HTTPRouteGroup with a TrafficTarget, or an IngressBackend',
    listener: 'a port of a Service in the mesh',
    policy: 'a TrafficTarget',
    backend: 'the Service',
    controller: 'osm-controller',
    commands: {
      route: all('httproutegroups.specs.smi-spec.io', 'traffictargets.access.smi-spec.io'),
      listener: all('services'),
      policy: all('traffictargets.access.smi-spec.io'),
      backend: SLICES,
    },
  },
  cilium: {
    name: 'Cilium',
    route: 'an HTTPRoute, an Ingress or a CiliumEnvoyConfig',
    listener: 'a listener of a Gateway, an Ingress or a CiliumEnvoyConfig',
    policy: 'a CiliumNetworkPolicy',
    backend: 'the Service',
    controller: 'Cilium',
    commands: {
      route: [...HTTP_ROUTES, ...all('ciliumenvoyconfigs.cilium.io')],
      listener: [...GATEWAYS, ...all('ciliumenvoyconfigs.cilium.io')],
      policy: all('ciliumnetworkpolicies.cilium.io'),
      backend: SLICES,
    },
  },
  contour: {
    name: 'Contour',
    route: 'an HTTPProxy, an Ingress or an HTTPRoute',
    listener: 'the configuration of Contour, or a Gateway',
    policy: 'the authorization of an HTTPProxy',
    backend: 'the Service',
    controller: 'Contour',
    commands: {
      route: all('httpproxies.projectcontour.io'),
      listener: GATEWAYS,
      policy: all('httpproxies.projectcontour.io'),
      backend: SLICES,
    },
  },
  emissary: {
    name: 'Emissary-ingress',
    route: 'a Mapping',
    listener: 'a Listener with a Host',
    policy: 'an AuthService',
    backend: 'the service of the Mapping',
    controller: 'Emissary-ingress',
    commands: {
      route: all('mappings.getambassador.io'),
      listener: all('listeners.getambassador.io', 'hosts.getambassador.io'),
      policy: all('authservices.getambassador.io'),
      backend: SLICES,
    },
  },
  'app-mesh': {
    name: 'AWS App Mesh',
    route: 'a route of the virtual router, or a backend of the virtual node',
    listener: 'a listener of the virtual node or the virtual gateway',
    policy: 'the egress filter of the mesh',
    backend: 'the service discovery of the virtual node',
    controller: 'App Mesh',
    commands: {
      route: ['aws appmesh list-virtual-routers --mesh-name MESH'],
      listener: ['aws appmesh list-virtual-nodes --mesh-name MESH'],
      policy: ['aws appmesh describe-mesh --mesh-name MESH'],
      backend: ['aws appmesh list-virtual-nodes --mesh-name MESH'],
    },
  },
  higress: {
    name: 'Higress',
    route: 'an Ingress or an HTTPRoute',
    listener: 'an Ingress, or a listener of a Gateway',
    policy: 'a WasmPlugin',
    backend: 'the Service, or the registry of an McpBridge',
    controller: 'higress-controller',
    commands: {
      route: [...all('ingress'), ...HTTP_ROUTES],
      listener: [...all('ingress'), ...GATEWAYS],
      policy: all('wasmplugins.extensions.higress.io'),
      backend: [...SLICES, ...all('mcpbridges.networking.higress.io')],
    },
  },
  envoy: {
    name: 'Envoy',
    route: 'a virtual host and a route',
    listener: 'a listener',
    policy: 'a policy of the filter',
    backend: 'the endpoints of the cluster',
    controller: 'whoever writes its configuration',
    commands: { route: [], listener: [], policy: [], backend: [] },
  },
};
