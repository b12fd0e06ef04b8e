/**
 * The types of those fields of Kubernetes' objects that mctl reads, as the API has them. A field of another type reads as
 * absent further on, which would be a wrong answer: it is refused where the list is read, with its pointer.
 * https://kubernetes.io/docs/reference/kubernetes-api/
 */
import { InputError } from '../errors';
import type { LIST_FILES } from './snapshot-layout';

type Shape = 'text' | 'number' | 'flag' | 'number or text' | 'texts' | Fields | readonly [Shape];

interface Fields {
  readonly [name: string]: Shape;
}

const OWNER: Fields = { kind: 'text', name: 'text' };
const METADATA: Fields = {
  name: 'text',
  namespace: 'text',
  labels: 'texts',
  annotations: 'texts',
  creationTimestamp: 'text',
  ownerReferences: [OWNER],
};
const CONDITION: Fields = { type: 'text', status: 'text', lastTransitionTime: 'text' };
const CONTAINER: Fields = {
  name: 'text',
  image: 'text',
  command: ['text'],
  args: ['text'],
  ports: [{ name: 'text', containerPort: 'number', protocol: 'text' }],
  securityContext: { runAsUser: 'number', runAsGroup: 'number' },
};
const POD: Fields = {
  metadata: METADATA,
  spec: {
    nodeName: 'text',
    serviceAccountName: 'text',
    hostNetwork: 'flag',
    containers: [CONTAINER],
    initContainers: [CONTAINER],
    securityContext: { runAsUser: 'number' },
  },
  status: {
    phase: 'text',
    podIP: 'text',
    podIPs: [{ ip: 'text' }],
    conditions: [CONDITION],
    containerStatuses: [{ name: 'text', restartCount: 'number' }],
  },
};
const SERVICE: Fields = {
  metadata: METADATA,
  spec: {
    type: 'text',
    clusterIP: 'text',
    clusterIPs: ['text'],
    externalName: 'text',
    externalIPs: ['text'],
    loadBalancerIP: 'text',
    selector: 'texts',
    ports: [{ name: 'text', port: 'number', targetPort: 'number or text', protocol: 'text' }],
  },
  status: { loadBalancer: { ingress: [{ ip: 'text', hostname: 'text' }] } },
};
const ENDPOINT_SLICE: Fields = {
  metadata: METADATA,
  ports: [{ name: 'text', port: 'number', protocol: 'text' }],
  endpoints: [{ addresses: ['text'], conditions: { ready: 'flag', serving: 'flag', terminating: 'flag' } }],
};
const NODE: Fields = { metadata: METADATA, status: { addresses: [{ type: 'text', address: 'text' }] } };
const SELECTOR: Fields = {
  matchLabels: 'texts',
  matchExpressions: [{ key: 'text', operator: 'text', values: ['text'] }],
};
const PEER: Fields = {
  podSelector: SELECTOR,
  namespaceSelector: SELECTOR,
  ipBlock: { cidr: 'text', except: ['text'] },
};
const POLICY_PORT: Fields = { protocol: 'text', port: 'number or text', endPort: 'number' };
const NETWORK_POLICY: Fields = {
  metadata: METADATA,
  spec: {
    podSelector: SELECTOR,
    policyTypes: ['text'],
    ingress: [{ from: [PEER], ports: [POLICY_PORT] }],
    egress: [{ to: [PEER], ports: [POLICY_PORT] }],
  },
};

const LISTS: Readonly<Record<(typeof LIST_FILES)[number], Fields>> = {
  'pods.json': POD,
  'services.json': SERVICE,
  'endpointslices.json': ENDPOINT_SLICE,
  'nodes.json': NODE,
  'networkpolicies.json': NETWORK_POLICY,
};

/**
 * Throws InputError where an item is null, or a field of it is of another type than Kubernetes gives it; a field that is null is
 * absent.
 * @param label the list as messages name it
 */
export function checkShapes(label: string, list: keyof typeof LISTS, items: readonly unknown[]): void {
  for (const [index, item] of items.entries()) {
    const fault = item === null ? NULL : faultOf(item, LISTS[list]);
    if (fault === null) continue;
    throw new InputError(`${label}: /items/${[index, ...fault.path].map(token).join('/')} ${fault.says}`, {
      hint: 'Kubernetes does not write this: look at what has made or changed the list.',
    });
  }
}

interface Fault {
  readonly path: readonly string[];
  readonly says: string;
}

const NULL: Fault = { path: [], says: 'is null, an object was expected' };

function faultOf(value: unknown, shape: Shape): Fault | null {
  if (value === null || value === undefined) return null;
  if (typeof shape === 'string') return scalarFault(value, shape);
  if (isList(shape)) {
    if (!Array.isArray(value)) return misfit(value, 'a list');
    return first(Object.keys(value), (index) => faultOf(value[Number(index)], shape[0]));
  }
  const fields = fieldsOf(value);
  if (fields === null) return misfit(value, 'an object');
  return first(Object.keys(shape), (name) =>
    Object.hasOwn(fields, name) ? faultOf(fields[name], shape[name] ?? {}) : null,
  );
}

function scalarFault(value: unknown, shape: Extract<Shape, string>): Fault | null {
  switch (shape) {
    case 'text':
      return typeof value === 'string' ? null : misfit(value, 'a text');
    case 'number':
      return typeof value === 'number' ? null : misfit(value, 'a number');
    case 'flag':
      return typeof value === 'boolean' ? null : misfit(value, 'true or false');
    case 'number or text':
      return typeof value === 'number' || typeof value === 'string' ? null : misfit(value, 'a number or a name');
    case 'texts': {
      const fields = fieldsOf(value);
      if (fields === null) return misfit(value, 'an object');
      return first(Object.keys(fields), (name) => scalarFault(fields[name] ?? '', 'text'));
    }
  }
}

/** The first fault below a value, with the name under which it is. */
function first(names: readonly string[], faultAt: (name: string) => Fault | null): Fault | null {
  for (const name of names) {
    const fault = faultAt(name);
    if (fault !== null) return { path: [name, ...fault.path], says: fault.says };
  }
  return null;
}

function isList(shape: Fields | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function misfit(value: unknown, expected: string): Fault {
  const found = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : scalarText(value);
  return { path: [], says: `is ${found}, ${expected} was expected` };
}

const SHOWN = 40;

function scalarText(value: unknown): string {
  if (typeof value !== 'string') return `the value ${String(value)}`;
  return `the text ${JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)}`;
}

function token(name: string | number): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}
