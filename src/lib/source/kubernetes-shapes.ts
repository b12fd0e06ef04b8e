/**
 * The types of those fields of Kubernetes' objects that mctl reads, as the API has them. A field of another type reads as
 * absent further on, which would be a wrong answer: it is refused where the list is read, with its pointer.
 * https://kubernetes.io/docs/reference/kubernetes-api/
 */
import { InputError } from '../errors';
import { type ShapeOfFields, faultOf, type Misfit, pointerOf } from './shapes';
import type { LIST_FILES } from './snapshot-layout';

const OWNER: ShapeOfFields = { kind: 'text', name: 'text' };
const METADATA: ShapeOfFields = {
  name: 'text',
  namespace: 'text',
  labels: 'texts',
  annotations: 'texts',
  creationTimestamp: 'text',
  ownerReferences: [OWNER],
};
const CONDITION: ShapeOfFields = { type: 'text', status: 'text', lastTransitionTime: 'text' };
const CONTAINER: ShapeOfFields = {
  name: 'text',
  image: 'text',
  command: ['text'],
  args: ['text'],
  ports: [{ name: 'text', containerPort: 'number', protocol: 'text' }],
  securityContext: { runAsUser: 'number', runAsGroup: 'number' },
};
const POD: ShapeOfFields = {
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
const SERVICE: ShapeOfFields = {
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
const ENDPOINT_SLICE: ShapeOfFields = {
  metadata: METADATA,
  ports: [{ name: 'text', port: 'number', protocol: 'text' }],
  endpoints: [{ addresses: ['text'], conditions: { ready: 'flag', serving: 'flag', terminating: 'flag' } }],
};
const NODE: ShapeOfFields = { metadata: METADATA, status: { addresses: [{ type: 'text', address: 'text' }] } };
const SELECTOR: ShapeOfFields = {
  matchLabels: 'texts',
  matchExpressions: [{ key: 'text', operator: 'text', values: ['text'] }],
};
const PEER: ShapeOfFields = {
  podSelector: SELECTOR,
  namespaceSelector: SELECTOR,
  ipBlock: { cidr: 'text', except: ['text'] },
};
const POLICY_PORT: ShapeOfFields = { protocol: 'text', port: 'number or text', endPort: 'number' };
const NETWORK_POLICY: ShapeOfFields = {
  metadata: METADATA,
  spec: {
    podSelector: SELECTOR,
    policyTypes: ['text'],
    ingress: [{ from: [PEER], ports: [POLICY_PORT] }],
    egress: [{ to: [PEER], ports: [POLICY_PORT] }],
  },
};

const LISTS: Readonly<Record<(typeof LIST_FILES)[number], ShapeOfFields>> = {
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
    throw new InputError(`${label}: ${pointerOf(['items', index, ...fault.path])} ${fault.says}`, {
      hint: 'Kubernetes does not write this: look at what has made or changed the list.',
    });
  }
}

const NULL: Misfit = { path: [], says: 'is null, an object was expected', expected: 'an object' };
