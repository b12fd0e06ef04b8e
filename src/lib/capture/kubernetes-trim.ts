/** Kubernetes objects cut to what resolves names and targets: no environment, no secrets, no managed fields. */

type Fields = Readonly<Record<string, unknown>>;

/** What is kept: `true` for the whole value, a shape for an object or for each element of a list. */
interface Shape {
  readonly [field: string]: true | Shape;
}

const META: Shape = {
  name: true,
  namespace: true,
  labels: true,
  annotations: true,
  creationTimestamp: true,
  deletionTimestamp: true,
  ownerReferences: { apiVersion: true, kind: true, name: true, controller: true },
};

const CONTAINER: Shape = {
  name: true,
  image: true,
  ports: true,
  restartPolicy: true,
  securityContext: { runAsUser: true, runAsGroup: true },
};

const SHAPES = {
  pods: {
    apiVersion: true,
    kind: true,
    metadata: META,
    spec: {
      serviceAccountName: true,
      nodeName: true,
      hostNetwork: true,
      containers: CONTAINER,
      initContainers: { ...CONTAINER, command: true, args: true },
      securityContext: { runAsUser: true, runAsGroup: true },
    },
    status: {
      phase: true,
      podIP: true,
      podIPs: true,
      hostIP: true,
      startTime: true,
      conditions: { type: true, status: true, lastTransitionTime: true },
      containerStatuses: { name: true, ready: true, restartCount: true, started: true },
      initContainerStatuses: { name: true, ready: true, restartCount: true, started: true },
    },
  },
  services: {
    apiVersion: true,
    kind: true,
    metadata: META,
    spec: {
      type: true,
      clusterIP: true,
      clusterIPs: true,
      ports: true,
      selector: true,
      externalName: true,
      externalIPs: true,
      loadBalancerIP: true,
      ipFamilies: true,
      ipFamilyPolicy: true,
      publishNotReadyAddresses: true,
      internalTrafficPolicy: true,
      externalTrafficPolicy: true,
      trafficDistribution: true,
    },
    status: { loadBalancer: true },
  },
  endpointSlices: { apiVersion: true, kind: true, metadata: META, addressType: true, endpoints: true, ports: true },
  nodes: { apiVersion: true, kind: true, metadata: META, status: { addresses: true } },
  networkPolicies: {
    apiVersion: true,
    kind: true,
    metadata: META,
    spec: { podSelector: true, policyTypes: true, ingress: true, egress: true },
  },
} as const satisfies Readonly<Record<string, Shape>>;

export type TrimmedListName = keyof typeof SHAPES;

/** A list as `kubectl get … -o json` prints it, each object trimmed. */
export function trimmedList(name: TrimmedListName, items: readonly unknown[]): object {
  const shape: Shape = SHAPES[name];
  const trimmed = items.map((item) => withPlainCommands(withPlainMetadata(cut(item, shape) as Fields, name)));
  return { apiVersion: 'v1', kind: 'List', items: trimmed };
}

function cut(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => cut(item, shape));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const own = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (own === undefined) return [];
    return [[key, own === true ? inner : cut(inner, own)]];
  });
  return Object.fromEntries(kept);
}

/** Annotations of Istio, and of a node the labels of its place: any other may hold anything. */
function withPlainMetadata(item: Fields, name: TrimmedListName): Fields {
  const metadata = (item['metadata'] ?? {}) as Fields;
  const annotations = picked(metadata['annotations'], isIstioKey);
  const labels = name === 'nodes' ? picked(metadata['labels'], isPlaceKey) : metadata['labels'];
  const own = Object.fromEntries(
    Object.entries({ ...metadata, annotations, labels }).filter(([, value]) => value !== undefined),
  );
  return { ...item, metadata: own };
}

/** Of init containers only the one that lays Istio's rules says what was captured; the commands of others are not ours. */
function withPlainCommands(item: Fields): Fields {
  const spec = (item['spec'] ?? {}) as Fields;
  const { initContainers } = spec;
  if (!Array.isArray(initContainers)) return item;
  const plain = (initContainers as readonly Fields[]).map((container) => {
    if (JSON.stringify([container['command'], container['args']]).includes('istio-iptables')) return container;
    return Object.fromEntries(Object.entries(container).filter(([key]) => key !== 'command' && key !== 'args'));
  });
  return { ...item, spec: { ...spec, initContainers: plain } };
}

function picked(record: unknown, keep: (key: string) => boolean): Fields | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const kept = Object.entries(record).filter(([key]) => keep(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isIstioKey(key: string): boolean {
  return /(?:^|\.)istio\.io\//.test(key) || key === 'kubectl.kubernetes.io/default-container';
}

function isPlaceKey(key: string): boolean {
  return (
    /^(?:topology\.(?:kubernetes|istio)\.io|failure-domain\.beta\.kubernetes\.io)\//.test(key) ||
    key === 'kubernetes.io/hostname'
  );
}
