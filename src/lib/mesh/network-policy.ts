/**
 * Kubernetes NetworkPolicies, as far as they say who may come to a port of a pod, or leave it.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 * The surprise: a pod that no policy selects takes everything; one selecting it is enough, and what no rule of all that do lets
 * through is dropped, without an answer. They see ztunnel's own connection, which goes to port 15008 whatever port was asked for.
 * Whether they are enforced at all is up to the network plugin.
 */
import { inRange, parseIp } from '../match/cidr';
import { every, isUnknown, some, type Ternary, unknown } from '../match/ternary';
import { type ProxyId, proxyName } from '../proxy-id';
import type { Pod } from './kubernetes';
import { field, listOf, textOrEmpty } from '../json-fields';
import { numberOf, textMap } from './object-fields';

/** A NetworkPolicy: whom it selects, and what it lets through. */
export interface NetworkPolicy {
  readonly id: ProxyId;
  readonly podSelector: LabelSelector;
  /** Null where the policy does not speak of what comes in. */
  readonly ingress: readonly NetworkPolicyRule[] | null;
  /** Null where the policy does not speak of what goes out. */
  readonly egress: readonly NetworkPolicyRule[] | null;
}

/** What of some namespaces is known. */
export interface PoliciesRead {
  readonly policies: readonly NetworkPolicy[];
  /** Namespaces whose policies may not be read. */
  readonly unread: readonly string[];
}

interface NetworkPolicyRule {
  /** Empty where every peer is meant. */
  readonly peers: readonly NetworkPolicyPeer[];
  /** Empty where every port is meant. */
  readonly ports: readonly NetworkPolicyPort[];
}

interface NetworkPolicyPeer {
  readonly podSelector: LabelSelector | null;
  readonly namespaceSelector: LabelSelector | null;
  readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } | null;
}

interface NetworkPolicyPort {
  readonly protocol: string;
  /** A number, the name of a container's port, or null for all. */
  readonly port: number | string | null;
  readonly endPort: number | null;
}

interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** One end of a connection. */
export interface NetworkPeer {
  /** Null where the address is not known. */
  readonly ip: string | null;
  /** Null where it is no pod that is known. */
  readonly id: ProxyId | null;
  /** What Kubernetes says of it; null where that is not known. */
  readonly pod: Pod | null;
}

/** Policies that let nothing of a connection through. */
export interface StoppedConnection {
  /** `ingress`: those of the destination; `egress`: those of the caller. */
  readonly direction: 'ingress' | 'egress';
  readonly by: readonly ProxyId[];
  /** Null where that is sure; else what decides and is not known. */
  readonly unless: string | null;
}

/** Reads a NetworkPolicy; null where it has no name. */
export function readNetworkPolicy(value: unknown): NetworkPolicy | null {
  const metadata = field(value, 'metadata');
  const name = textOrEmpty(field(metadata, 'name'));
  if (name === '') return null;
  const spec = field(value, 'spec');
  const types = listOf(field(spec, 'policyTypes'));
  const isOf = (type: string, byDefault: boolean): boolean => (types.length === 0 ? byDefault : types.includes(type));
  const egress = listOf(field(spec, 'egress'));
  return {
    id: { name, namespace: textOrEmpty(field(metadata, 'namespace')) || 'default' },
    podSelector: readSelector(field(spec, 'podSelector')) ?? { matchLabels: {}, matchExpressions: [] },
    ingress: isOf('Ingress', true) ? listOf(field(spec, 'ingress')).map((rule) => readRule(rule, 'from')) : null,
    egress: isOf('Egress', egress.length > 0) ? egress.map((rule) => readRule(rule, 'to')) : null,
  };
}

function readRule(value: unknown, peers: 'from' | 'to'): NetworkPolicyRule {
  return {
    peers: listOf(field(value, peers)).map((peer) => {
      const block = field(peer, 'ipBlock');
      const except = listOf(field(block, 'except')).filter((one): one is string => typeof one === 'string');
      return {
        podSelector: readSelector(field(peer, 'podSelector')),
        namespaceSelector: readSelector(field(peer, 'namespaceSelector')),
        ipBlock: block === undefined ? null : { cidr: textOrEmpty(field(block, 'cidr')), except },
      };
    }),
    ports: listOf(field(value, 'ports')).map((port) => ({
      protocol: textOrEmpty(field(port, 'protocol')) || 'TCP',
      port: numberOf(field(port, 'port')) ?? (textOrEmpty(field(port, 'port')) || null),
      endPort: numberOf(field(port, 'endPort')),
    })),
  };
}

function readSelector(value: unknown): LabelSelector | null {
  if (typeof value !== 'object' || value === null) return null;
  return {
    matchLabels: textMap(field(value, 'matchLabels')),
    matchExpressions: listOf(field(value, 'matchExpressions')).map((one) => ({
      key: textOrEmpty(field(one, 'key')),
      operator: textOrEmpty(field(one, 'operator')),
      values: listOf(field(one, 'values')).filter((text): text is string => typeof text === 'string'),
    })),
  };
}

/**
 * The policies that stop a TCP connection to a port of a pod; null where none does. Those that surely do come first, then those
 * of the destination.
 * @param port of the packet: 15008 for HBONE, whatever it carries
 */
export function stoppedBy(
  policies: readonly NetworkPolicy[],
  from: NetworkPeer,
  to: NetworkPeer,
  port: number,
): StoppedConnection | null {
  const ingress = stoppedAt(policies, 'ingress', { own: to, other: from, destination: to, port });
  if (ingress !== null && ingress.unless === null) return ingress;
  const egress = stoppedAt(policies, 'egress', { own: from, other: to, destination: to, port });
  return egress?.unless === null ? egress : (ingress ?? egress);
}

/**
 * The policies that select a pod, where none of them lets anybody in on a port; empty where one may, or where none surely selects the pod.
 * @param port of the packet: 15008 for HBONE, whatever it carries
 */
export function closing(policies: readonly NetworkPolicy[], to: NetworkPeer, port: number): readonly ProxyId[] {
  const { id, pod } = to;
  if (id === null || pod?.hostNetwork === true) return [];
  const packet = { own: to, other: { ip: null, id: null, pod: null }, destination: to, port };
  const there = policies.filter(({ id: own, ingress }) => own.namespace === id.namespace && ingress !== null);
  const selecting = there.filter(({ podSelector }) => selects(podSelector, labelsOf(to)) !== false);
  const isSure = selecting.some(({ podSelector }) => selects(podSelector, labelsOf(to)) === true);
  const mayPass = ({ ports }: NetworkPolicyRule): boolean =>
    ports.length === 0 || some(ports, (one) => includesPort(one, packet)) !== false;
  return isSure && !selecting.some(({ ingress }) => (ingress ?? []).some(mayPass))
    ? selecting.map((one) => one.id)
    : [];
}

interface Packet {
  readonly own: NetworkPeer;
  readonly other: NetworkPeer;
  readonly destination: NetworkPeer;
  readonly port: number;
}

function stoppedAt(
  policies: readonly NetworkPolicy[],
  direction: 'ingress' | 'egress',
  packet: Packet,
): StoppedConnection | null {
  const { own } = packet;
  const { id } = own;
  // What leaves or comes to the host's network is not the pod's, and is not selected.
  if (id === null || own.pod?.hostNetwork === true) return null;
  const there = policies.filter((one) => one.id.namespace === id.namespace && one[direction] !== null);
  const selecting = there.filter(({ podSelector }) => selects(podSelector, labelsOf(own)) !== false);
  if (selecting.length === 0) return null;
  const answers = selecting.map((policy) => ({
    isSelected: selects(policy.podSelector, labelsOf(own)),
    passes: some(policy[direction] ?? [], (rule) => letsThrough(rule, policy.id.namespace, packet)),
  }));
  // Where each lets it through, it plays no part which of them select it.
  if (answers.every((one) => one.passes === true)) return null;
  const selected = some(answers, ({ isSelected }) => isSelected);
  const passes = some(answers, (one) => every([one.isSelected, one.passes], (it) => it));
  if (passes === true) return null;
  const open = isUnknown(selected) ? selected : isUnknown(passes) ? passes : null;
  return { direction, by: selecting.map((policy) => policy.id), unless: open?.unknown ?? null };
}

function letsThrough({ peers, ports }: NetworkPolicyRule, namespace: string, packet: Packet): Ternary {
  const isPort = ports.length === 0 ? true : some(ports, (one) => includesPort(one, packet));
  const isPeer = peers.length === 0 ? true : some(peers, (peer) => isMeant(peer, namespace, packet.other));
  return every([isPort, isPeer], (one) => one);
}

/** A name is that of a container's port, on the destination's side. */
function includesPort({ protocol, port, endPort }: NetworkPolicyPort, { destination, port: own }: Packet): Ternary {
  if (protocol !== 'TCP') return false;
  if (port === null) return true;
  if (typeof port === 'number') return own >= port && own <= (endPort ?? port);
  const { id, pod } = destination;
  if (pod === null)
    return unknown(`whether a port of ${id === null ? 'the destination' : `pod ${proxyName(id)}`} is named ${port}`);
  return pod.containers.some((one) => one.ports.some((it) => it.name === port && it.port === own));
}

function isMeant(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  own: string,
  peer: NetworkPeer,
): Ternary {
  if (ipBlock !== null) return inBlock(ipBlock, peer.ip);
  if (peer.id === null) return unknown(`whether ${peer.ip ?? 'the caller'} is a pod that it selects`);
  const { namespace } = peer.id;
  const isNamespace =
    namespaceSelector === null ? namespace === own : selects(namespaceSelector, namespaceLabels(namespace));
  return every([isNamespace, podSelector === null ? true : selects(podSelector, labelsOf(peer))], (one) => one);
}

function inBlock({ cidr, except }: NonNullable<NetworkPolicyPeer['ipBlock']>, ip: string | null): Ternary {
  if (ip === null) return unknown('the address of the caller');
  return isIn(ip, cidr) && !except.some((one) => isIn(ip, one));
}

function isIn(ip: string, cidr: string): boolean {
  const [address = '', length = ''] = cidr.split('/');
  if (parseIp(address) === null || !/^\d{1,3}$/.test(length)) return false;
  return inRange(ip, { address_prefix: address, prefix_len: Number(length) });
}

/** Labels of something, and what is not known of them. */
interface KnownLabels {
  readonly labels: Readonly<Record<string, string>>;
  /** Whether there may be others than these; then what these are of, in words. */
  readonly othersOf: string | null;
}

function labelsOf({ id, pod }: NetworkPeer): KnownLabels {
  if (pod !== null) return { labels: pod.labels, othersOf: null };
  return { labels: {}, othersOf: `pod ${id === null ? '' : proxyName(id)}` };
}

/** Kubernetes gives each namespace a label with its name; others are not in a snapshot. */
function namespaceLabels(namespace: string): KnownLabels {
  return { labels: { 'kubernetes.io/metadata.name': namespace }, othersOf: `namespace ${namespace}` };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function selects({ matchLabels, matchExpressions }: LabelSelector, known: KnownLabels): Ternary {
  const value = (key: string): string | undefined | ReturnType<typeof unknown> => {
    if (Object.hasOwn(known.labels, key)) return known.labels[key];
    return known.othersOf === null ? undefined : unknown(`the label ${key} of ${known.othersOf}`);
  };
  const equal = every(Object.entries(matchLabels), ([key, wanted]) => {
    const own = value(key);
    return isUnknown(own) ? own : own === wanted;
  });
  const hold = every(matchExpressions, ({ key, operator, values }) => {
    const own = value(key);
    if (isUnknown(own)) return own;
    if (operator === 'In') return own !== undefined && values.includes(own);
    if (operator === 'NotIn') return own === undefined || !values.includes(own);
    if (operator === 'Exists') return own !== undefined;
    if (operator === 'DoesNotExist') return own === undefined;
    return unknown(`the operator ${operator} of a label selector`);
  });
  return every([equal, hold], (one) => one);
}
