/** Names and addresses as Kubernetes' DNS has them. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
import { addressBook } from '../../../src/lib/mesh/address-book';

const pod = (name: string, namespace: string, ips: readonly string[], more: object = {}): unknown => ({
  metadata: { name, namespace, labels: { app: name.split('-')[0] } },
  spec: { containers: [{ name: 'app', ports: [{ name: 'web', containerPort: 8080 }] }] },
  status: { phase: 'Running', podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) },
  ...more,
});

const service = (name: string, namespace: string, spec: object): unknown => ({ metadata: { name, namespace }, spec });

const book = addressBook(
  {
    pods: [
      pod('reviews-v1-abc', 'bookinfo', ['10.244.1.1', 'fd00::1:1']),
      pod('mongo-0', 'data', ['10.244.2.1']),
      pod('mongo-1', 'data', ['10.244.2.2']),
      pod('job-x', 'data', ['10.244.2.9'], { status: { phase: 'Succeeded', podIP: '10.244.2.9' } }),
    ],
    services: [
      service('reviews', 'bookinfo', {
        clusterIP: '10.96.0.10',
        clusterIPs: ['10.96.0.10', 'fd00:96::10'],
        selector: { app: 'reviews' },
        ports: [{ name: 'http', port: 80, targetPort: 'web' }],
      }),
      service('mongo', 'data', {
        clusterIP: 'None',
        selector: { app: 'mongo' },
        ports: [{ name: 'tcp', port: 27017 }],
      }),
      service('outside', 'bookinfo', { type: 'ExternalName', externalName: 'api.example.com' }),
      service('alias', 'bookinfo', { type: 'ExternalName', externalName: 'mongo.data.svc.cluster.local' }),
    ],
    endpointSlices: [
      {
        metadata: { namespace: 'data', labels: { 'kubernetes.io/service-name': 'mongo' } },
        ports: [{ name: 'tcp', port: 27017 }],
        endpoints: [
          { addresses: ['10.244.2.1'], conditions: { ready: true } },
          { addresses: ['10.244.2.2'], conditions: { ready: false } },
        ],
      },
    ],
  },
  [{ id: { name: 'gateway-1', namespace: 'istio-system' }, ips: ['10.244.9.9'] }],
);

test.each([
  ['reviews', 'bookinfo', ['10.96.0.10', 'fd00:96::10']],
  ['reviews', 'other', []],
  ['reviews.bookinfo', 'other', ['10.96.0.10', 'fd00:96::10']],
  ['reviews.bookinfo.svc', null, ['10.96.0.10', 'fd00:96::10']],
  ['reviews.bookinfo.svc.cluster.local', null, ['10.96.0.10', 'fd00:96::10']],
  ['Reviews.Bookinfo.svc.Cluster.local.', null, ['10.96.0.10', 'fd00:96::10']],
  ['reviews.bookinfo.example.com', null, []],
  ['mongo.data', null, ['10.244.2.1']],
  ['mongo-0.mongo', 'data', ['10.244.2.1']],
  ['mongo-1.mongo.data.svc.cluster.local', null, ['10.244.2.2']],
  ['mongo-0.data', null, ['10.244.2.1']],
  ['reviews-v1-abc.bookinfo', null, ['10.244.1.1', 'fd00::1:1']],
  ['alias.bookinfo', null, ['10.244.2.1']],
  ['outside.bookinfo', null, []],
])('%s from %s is %j', (host, namespace, ips) => {
  expect(book.resolve(host, namespace)).toEqual(ips);
});

test('who has an address: IPv6 in any spelling, no pod that has ended, a proxy that no list names', () => {
  expect(book.podAt('10.244.1.1')?.id).toEqual({ name: 'reviews-v1-abc', namespace: 'bookinfo' });
  expect(book.podAt('fd00:0:0::1:1')?.id.name).toBe('reviews-v1-abc');
  expect(book.podAt('10.244.2.9')).toBeNull();
  expect(book.podAt('10.244.9.9')?.id.name).toBe('gateway-1');
  expect(book.serviceAt('fd00:96:0::10')?.name).toBe('reviews');
  expect(book.serviceAt('10.244.1.1')).toBeNull();
});

test("a Service's endpoints: from slices the ready ones, else from its pods with a named target port", () => {
  const reviews = book.serviceNamed('reviews', 'bookinfo');
  const mongo = book.serviceNamed('mongo', 'data');
  if (reviews?.ports[0] === undefined || mongo?.ports[0] === undefined) throw new Error('no such Service');
  expect(book.endpointsOf(reviews, reviews.ports[0])).toEqual([{ ip: '10.244.1.1', port: 8080 }]);
  expect(book.endpointsOf(mongo, mongo.ports[0])).toEqual([{ ip: '10.244.2.1', port: 27017 }]);
  const entry = book.podAt('10.244.1.1');
  expect(entry === null ? [] : book.servicesOf(entry).map(({ name }) => name)).toEqual(['reviews']);
});

test('anything may be missing', () => {
  const empty = addressBook({ pods: null, services: [{}, null, 'x', { metadata: 5 }], endpointSlices: [{}] });
  expect(empty.resolve('reviews', 'bookinfo')).toEqual([]);
  expect(empty.podAt('1.2.3.4')).toBeNull();
});
