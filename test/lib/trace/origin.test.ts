import { clusterOrigin, configOrigin, shellWord } from '../../../src/lib/trace/origin';

const istio = (fields: Readonly<Record<string, unknown>>): object => ({ filter_metadata: { istio: fields } });

describe('the object that configuration came from', () => {
  it.each([
    ['networking.istio.io/v1', 'virtual-service', 'VirtualService', 'virtualservice'],
    ['networking.istio.io/v1', 'destination-rule', 'DestinationRule', 'destinationrule'],
    ['networking.istio.io/v1', 'gateway', 'Gateway', 'gateways.networking.istio.io'],
    ['gateway.networking.k8s.io/v1', 'http-route', 'HTTPRoute', 'httproute'],
    ['gateway.networking.k8s.io/v1', 'gateway', 'Gateway', 'gateways.gateway.networking.k8s.io'],
  ])('is read from istiod’s path: %s %s', (group, written, kind, resource) => {
    const origin = configOrigin(istio({ config: `/apis/${group}/namespaces/shop/${written}/echo` }));
    expect(origin).toEqual({
      kind,
      name: 'echo',
      namespace: 'shop',
      command: `kubectl get ${resource} echo -n shop -o yaml`,
    });
  });

  it.each([
    undefined,
    {},
    istio({}),
    istio({ config: 3 }),
    istio({ config: 'echo' }),
    istio({ config: '/apis/a/b/c' }),
  ])('is not known of %j', (metadata) => {
    expect(configOrigin(metadata)).toBeNull();
  });

  it('of a cluster without a DestinationRule is its Service, but not a host outside Kubernetes', () => {
    const service = { host: 'echo.shop.svc.cluster.local', name: 'echo', namespace: 'shop' };
    expect(clusterOrigin(istio({ services: [service] }))?.command).toBe('kubectl get service echo -n shop -o yaml');
    expect(clusterOrigin(istio({ services: [{ ...service, host: 'api.test', name: 'api.test' }] }))).toBeNull();
    expect(clusterOrigin(istio({ services: [] }))).toBeNull();
  });

  it('has a name that no shell runs', () => {
    const origin = configOrigin(istio({ config: "/apis/g/v/namespaces/a/kind/x; rm -rf '~" }));
    expect(origin?.command).toBe("kubectl get kind 'x; rm -rf '\\''~' -n a -o yaml");
    expect(shellWord('outbound|80||a')).toBe("'outbound|80||a'");
  });
});
