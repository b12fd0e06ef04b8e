/** What is fetched by need answers as the lists do, and what cannot be a pod's or a Service's is not asked for. */
import fc from 'fast-check';
import { type AddressBook, addressBook, bookOf } from '../../../src/lib/mesh/address-book';
import { AskedObjects, type Learned, NeedsObjects, type ObjectsNeeded } from '../../../src/lib/mesh/asked-objects';
import { readPod } from '../../../src/lib/mesh/kubernetes';

const NAMES = ['a', 'b', 'web', 'db-0'];
const NAMESPACES = ['shop', 'default', 'svc'];
const IPS = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', 'fd00::1', 'fd00::2'];
const LABELS = fc.constantFrom({ app: 'a' }, { app: 'b' }, { app: 'a', version: 'v1' });
const id = fc.record({ name: fc.constantFrom(...NAMES), namespace: fc.constantFrom(...NAMESPACES) });
const uniqueById = { selector: (one: { metadata: object }): string => JSON.stringify(one.metadata) };

function keyOfObject({ metadata }: { readonly metadata: { name: string; namespace: string } }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** As an API server lists them. */
function sorted<T extends Parameters<typeof keyOfObject>[0]>(objects: readonly T[]): readonly T[] {
  return [...objects].sort((a, b) => (keyOfObject(a) < keyOfObject(b) ? -1 : 1));
}

const pods = fc
  .uniqueArray(
    fc
      .tuple(id, LABELS, fc.constantFrom(...IPS), fc.boolean(), fc.constantFrom('Running', 'Succeeded'))
      .map(([metadata, labels, ip, hostNetwork, phase]) => ({
        metadata: { ...metadata, labels },
        spec: { hostNetwork, containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] },
        status: { podIP: ip, podIPs: [{ ip }], phase },
      })),
    { selector: keyOfObject, maxLength: 8 },
  )
  .map(sorted);
const services = fc
  .uniqueArray(
    fc
      .tuple(
        id,
        fc.constantFrom('10.96.0.1', '10.96.0.2', '10.96.0.3', 'None', ''),
        fc.constantFrom<object>({}, { app: 'a' }, { app: 'b' }),
        fc.constantFrom<object>({}, { externalIPs: ['10.0.0.2'] }, { externalName: 'web.shop' }),
      )
      .map(([metadata, clusterIP, selector, more]) => ({
        metadata,
        spec: { clusterIP, selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...more },
      })),
    { ...uniqueById, maxLength: 8 },
  )
  .map(sorted);
const endpointSlices = fc.uniqueArray(
  fc.tuple(id, fc.constantFrom(...IPS), fc.boolean(), id, fc.nat(99)).map(([service, ip, ready, pod, number]) => ({
    metadata: {
      name: `${service.name}-${number}`,
      namespace: service.namespace,
      labels: { 'kubernetes.io/service-name': service.name },
    },
    endpoints: [{ addresses: [ip], conditions: { ready }, targetRef: { kind: 'Pod', ...pod } }],
    ports: [{ name: 'http', port: 8080 }],
  })),
  { selector: keyOfObject, maxLength: 6 },
);

interface Lists {
  readonly pods: readonly any[];
  readonly services: readonly any[];
  readonly endpointSlices: readonly any[];
}

/** What an API server says. */
function answer(lists: Lists, need: ObjectsNeeded): Learned {
  const isOf = (name: string, namespace: string, { metadata }: any): boolean =>
    metadata.name === name && metadata.namespace === namespace;
  switch (need.kind) {
    case 'pod':
      return { pods: lists.pods.filter((pod) => isOf(need.id.name, need.id.namespace, pod)) };
    case 'pods-at':
      return { pods: lists.pods.filter((pod) => pod.status.podIP === need.ip) };
    case 'pods-behind':
      return { pods: lists.pods.filter(({ metadata }) => metadata.namespace === need.service.namespace) };
    case 'all-pods':
      return { pods: lists.pods };
    case 'service':
      return { services: lists.services.filter((one) => isOf(need.id.name, need.id.namespace, one)) };
    case 'services-at':
      return { services: lists.services };
    case 'services-in':
      return { services: lists.services.filter(({ metadata }) => metadata.namespace === need.namespace) };
    case 'network-policies-in':
      return { networkPolicies: [] };
    case 'endpoint-slices':
      return {
        endpointSlices: lists.endpointSlices.filter(
          ({ metadata }) =>
            metadata.namespace === need.id.namespace && metadata.labels['kubernetes.io/service-name'] === need.id.name,
        ),
      };
  }
}

/** Asks until nothing is missing. */
function asked<T>(objects: AskedObjects, lists: Lists, ask: (book: AddressBook) => T): T {
  for (let count = 0; count < 50; count += 1) {
    try {
      return ask(bookOf(objects));
    } catch (error) {
      if (!(error instanceof NeedsObjects)) throw error;
      for (const need of error.needed) objects.learn(need, answer(lists, need));
    }
  }
  throw new Error('asks for ever');
}

/** Every question that does not depend on which of two objects with one address is met first. */
const QUESTIONS: readonly ((book: AddressBook) => unknown)[] = [
  ...NAMES.flatMap((name) =>
    NAMESPACES.flatMap((namespace) => [
      (book: AddressBook) => book.podOf({ name, namespace }),
      (book: AddressBook) => book.serviceNamed(name, namespace),
      (book: AddressBook) => book.serviceNamed(`${name}.${namespace}`, null),
      (book: AddressBook) => book.resolve(name, namespace),
      (book: AddressBook) => book.resolve(`${name}.${namespace}`, 'default'),
      (book: AddressBook) => book.resolve(`${name}.web.${namespace}.svc.cluster.local`, 'default'),
      (book: AddressBook) => {
        const service = book.serviceNamed(name, namespace);
        const [port] = service?.ports ?? [];
        return service === null || port === undefined ? null : book.endpointsOf(service, port);
      },
      (book: AddressBook) => {
        const entry = book.podOf({ name, namespace });
        return entry === null ? null : book.servicesOf(entry);
      },
    ]),
  ),
  ...['127.0.0.1', '192.0.2.1', '/var/run/socket', ''].flatMap((ip) => [
    (book: AddressBook) => book.podAt(ip),
    (book: AddressBook) => book.serviceAt(ip),
  ]),
];

it('answers as the lists do, in any order of questions', () => {
  fc.assert(
    fc.property(fc.record({ pods, services, endpointSlices }), fc.infiniteStream(fc.nat()), (lists, numbers) => {
      const book = addressBook(lists);
      const objects = new AskedObjects();
      for (let count = 0; count < 12; count += 1) {
        const at = (numbers.next().value as number) % QUESTIONS.length;
        const question = QUESTIONS[at];
        if (question === undefined) throw new Error('no such question');
        expect(asked(objects, lists, question)).toEqual(question(book));
      }
    }),
    { numRuns: 300 },
  );
});

it('finds who has an address as the lists do', () => {
  fc.assert(
    fc.property(fc.record({ pods, services, endpointSlices }), fc.shuffledSubarray(IPS), (all, ips) => {
      // One pod for an address, and slices that name whom they mean.
      const seen = new Set<string>();
      const own = all.pods.filter(({ status }) => !seen.has(status.podIP) && seen.add(status.podIP));
      const lists = { pods: own, services: all.services, endpointSlices: [] };
      const book = addressBook(lists);
      const objects = new AskedObjects();
      const isPod = (ip: string): boolean => book.podAt(ip) !== null;
      for (const ip of ips) {
        expect(asked(objects, lists, (one) => one.podAt(ip))).toEqual(book.podAt(ip));
        // An external address that is a pod's own as well is the pod's.
        if (!isPod(ip)) expect(asked(objects, lists, (one) => one.serviceAt(ip))).toEqual(book.serviceAt(ip));
      }
      const names = book.podNamesAt(IPS, 'web.shop');
      expect(asked(objects, lists, (one) => one.podNamesAt(IPS, 'web.shop'))).toEqual(names);
    }),
    { numRuns: 300 },
  );
});

it('learns the names of many endpoints from the slices of their Service, and asks for no pod by itself', () => {
  const ips = Array.from({ length: 40 }, (_, index) => `10.1.0.${index}`);
  const lists: Lists = {
    pods: [],
    services: [],
    endpointSlices: [
      {
        metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
        endpoints: ips.map((ip, index) => ({
          addresses: [ip],
          targetRef: { kind: 'Pod', name: `web-${index}`, namespace: 'shop' },
        })),
      },
    ],
  };
  const objects = new AskedObjects();
  const names = asked(objects, lists, (book) => book.podNamesAt(ips, 'web.shop.svc.cluster.local'));
  expect(names).toEqual(ips.map((_, index) => `web-${index}.shop`));
  expect(objects.size).toBe(1);
});

it('knows that a pod is in ambient mode, and that an address is nobody known', () => {
  const pod = {
    metadata: { name: 'a', namespace: 'shop', annotations: { 'ambient.istio.io/redirection': 'enabled' } },
    status: { podIP: '10.0.0.1' },
  };
  expect(readPod(pod)?.ips).toEqual(['10.0.0.1']);
  const objects = new AskedObjects();
  const lists = { pods: [pod], services: [], endpointSlices: [] };
  asked(objects, lists, (book) => book.serviceAt('10.0.0.9'));
  expect([objects.hasAmbientPods, objects.hasStrangers]).toEqual([false, true]);
  asked(objects, lists, (book) => book.podAt('10.0.0.1'));
  expect(objects.hasAmbientPods).toBe(true);
});

test('NetworkPolicies are asked for by namespace, all at once, and those that may not be read are told apart from none', () => {
  const objects = new AskedObjects();
  const asks = (): unknown => {
    try {
      return objects.networkPoliciesIn(['web', 'db', 'no/name']);
    } catch (error) {
      return (error as NeedsObjects).needed;
    }
  };
  const [web, db] = [
    { kind: 'network-policies-in', namespace: 'web' },
    { kind: 'network-policies-in', namespace: 'db' },
  ] as const;
  expect(asks()).toEqual([web, db]);
  objects.learn(web, { networkPolicies: [{ metadata: { name: 'np', namespace: 'web' }, spec: { podSelector: {} } }] });
  expect(asks()).toEqual([db]);
  objects.learn(db, { networkPolicies: null });
  expect(asks()).toMatchObject({ policies: [{ id: { name: 'np', namespace: 'web' } }], unread: ['db'] });
});
