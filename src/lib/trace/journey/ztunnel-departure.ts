/** A request that leaves a pod of ambient mode, or one that is in no mesh, where ztunnels are what is known. */
import { isLoopback, sameIp } from '../../match/cidr';
import { identityOf, isPod, podOf, workloadName, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import { type ProxyId, proxyName } from '../../proxy-id';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import { ending } from '../hop/ending';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { IpPort } from '../model';
import type { Destination } from '../request/destination';
import type { RequestPlan } from '../request/plan';
import { balance } from '../ztunnel/load-balance';
import { chosenWorkload } from '../ztunnel/chosen-service';
import { walkOutbound } from '../ztunnel/outbound';
import { drawn, type NotSent, type Sent } from '../ztunnel/walk';
import { serviceAt } from '../ztunnel/service-at';
import { arrive } from './arrive';
import { configOf, type JourneyContext } from './journey-context';
import { tunnelStopped } from './network-policies';
import { contentOf, leftBy, type Place, type Sender } from './place';
import { tunnelTo } from './tunnel';
import { atUnknownWaypoint, behindOtherNetwork, nobodyTakesHbone } from './unknown-tunnel';
import { captureNotKnown, isCaptured, isTaken, principalOf, takenIn, ztunnelWalk } from './ztunnel-arrival';
import { outboundHop } from './ztunnel-hop';

interface Leaving {
  readonly plan: RequestPlan;
  readonly destination: Destination;
  readonly sourceIp: string | null;
}

/** The first place that it comes to; null where the caller has a sidecar, or no ztunnel is known. */
export function departAmbient(context: JourneyContext, leaving: Leaving): Place | null {
  const { mesh } = context;
  const index = mesh.ztunnel ?? null;
  const pod = mesh.source.id;
  if (index === null || pod === null || mesh.callerHasNoEnvoy !== true) return null;
  const source = index.workloadOf(pod);
  const to = leaving.destination.address;
  if (isOwn(to.ip, leaving.sourceIp, source)) return atHome(pod, to);
  const section = index.lacking.find((one) => one !== 'policies');
  if (section !== undefined) return withoutSection(index, pod, section, isCaptured(context, pod) !== false);
  const isCaller = source === null ? isCaptured(context, pod) === true : isTaken(context, index, source);
  if (typeof isCaller !== 'boolean') return captureNotKnown(source ?? {}, isCaller);
  if (!isCaller) return uncaptured(context, index, { ...leaving, pod, source });
  if (source === null || !index.findsOwn(source)) return unknownToZtunnel(index, pod);
  const result = withCertificate(index, source, walkOutbound(ztunnelWalk(context, index), source, to));
  const captured = step('iptables', 'matched', null, { kind: 'captured-by-ztunnel', pod: proxyName(pod) });
  const hops = [outboundHop(index, pod, result, [captured])];
  if (result.kind === 'failed') return { kind: 'ended', ending: endingOf(result), hops, steps: [] };
  const place = next(context, index, { ...leaving, source }, result);
  return { ...place, hops: [...hops, ...(place.hops ?? [])] };
}

function endingOf({ reason, cause }: NotSent): ReturnType<typeof ending> {
  return ending(reason === 'unknown-input' ? 'unknown' : 'failed', reason, cause);
}

/** By HBONE nothing goes out for a pod that has no certificate. https://github.com/istio/ztunnel (src/identity) */
function withCertificate(index: ZtunnelIndex, source: ZtunnelWorkload, result: Sent | NotSent): Sent | NotSent {
  const state = result.kind === 'failed' || result.authority === null ? null : index.certificateFault(source);
  if (state === null) return result;
  const { service, waypoint, steps } = result;
  const cause = { kind: 'no-certificate', workload: workloadName(source), state } as const;
  const missed = step('hbone', 'missed', null, cause);
  return { kind: 'failed', reason: 'tls-error', cause, service, waypoint, steps: [...steps, missed] };
}

function isOwn(ip: string, sourceIp: string | null, source: ZtunnelWorkload | null): boolean {
  const own = [sourceIp, ...(source?.workloadIps ?? [])];
  return isLoopback(ip) || own.some((one) => one !== null && sameIp(one, ip));
}

/** What leaves by `lo` is not captured. */
function atHome(pod: ProxyId, to: IpPort): Place {
  const what = { kind: 'application-at', address: to, pod: proxyName(pod) } as const;
  return {
    kind: 'reached',
    what,
    left: [step('iptables', 'passed', null, { kind: 'own-address-over-lo', to })],
    steps: [],
  };
}

/** Without a section nobody can tell what ztunnel does: an address may be anybody's. */
function withoutSection(index: ZtunnelIndex, pod: ProxyId, section: string, isCaller: boolean): Place {
  const cause = { kind: 'section-not-at-hand', section } as const;
  const steps = [step('ztunnel-destination', 'unknown', null, cause)];
  const nothing: NotSent = { kind: 'failed', reason: 'unknown-input', cause, service: null, waypoint: null, steps };
  return {
    kind: 'ended',
    ending: ending('unknown', 'unknown-input', cause),
    ...(isCaller ? { hops: [outboundHop(index, pod, nothing, [])], steps: [] } : { steps }),
  };
}

function unknownToZtunnel(index: ZtunnelIndex, pod: ProxyId): Place {
  const cause = { kind: 'own-workload-not-known', pod: proxyName(pod) } as const;
  const nothing: NotSent = {
    kind: 'failed',
    reason: 'no-next-hop',
    cause,
    service: null,
    waypoint: null,
    steps: [step('ztunnel-destination', 'missed', null, cause)],
  };
  return {
    kind: 'ended',
    ending: ending('failed', 'no-next-hop', cause),
    hops: [outboundHop(index, pod, nothing, [])],
    steps: [],
  };
}

interface Bare extends Leaving {
  readonly pod: ProxyId;
  readonly source: ZtunnelWorkload | null;
}

/** Plain text to whatever is dialled; a Service's address is kube-proxy's business. */
function uncaptured(context: JourneyContext, index: ZtunnelIndex, bare: Bare): Place {
  const { plan, destination, sourceIp, pod, source } = bare;
  const from = senderOf(context, sourceIp ?? firstIp(source));
  const { to, steps } = throughKubeProxy(context, index, bare);
  const left = [step('iptables', 'passed', null, { kind: 'not-in-ambient', pod: proxyName(pod) }), ...steps];
  return leftBy(left, arrive(context, { ...contentOf(plan), to: to ?? destination.address, from, inner: null }));
}

function firstIp(workload: ZtunnelWorkload | null): string | null {
  return workload?.workloadIps?.[0] ?? null;
}

interface Translated {
  /** Null where it stays as it was dialled. */
  readonly to: IpPort | null;
  readonly steps: readonly StepFacts[];
}

const AS_DIALLED: Translated = { to: null, steps: [] };

/** A Kubernetes Service that only ztunnels tell of: each of its endpoints is as likely. */
function throughKubeProxy(
  context: JourneyContext,
  index: ZtunnelIndex,
  { destination, pod, source }: Bare,
): Translated {
  const { ip, port } = destination.address;
  const isKnown = context.mesh.book.serviceAt(ip) !== null || index.workloadAt(index.network, ip) !== null;
  const found = isKnown ? null : serviceAt(index, index.network, ip, pod.namespace);
  if (found?.service.canonical !== true) return AS_DIALLED;
  const service = { ...found.service, loadBalancer: undefined };
  const balanced = balance(index, service, { source: source ?? {}, port, as: 'service' });
  if (balanced.kind === 'none') return AS_DIALLED;
  const [first, ...others] = balanced.choices;
  const share = 1 / balanced.choices.length;
  const choice = drawn(context.decisions, [{ ...first, share }, ...others.map((one) => ({ ...one, share }))]);
  const own = firstIp(choice.workload);
  if (own === null) return AS_DIALLED;
  const to = { ip: own, port: choice.port };
  return { to, steps: [step('iptables', 'matched', service.hostname ?? null, { kind: 'sent-by-kube-proxy', to })] };
}

function senderOf({ mesh }: JourneyContext, ip: string | null): Sender {
  const { id } = mesh.source;
  return { config: null, entry: id === null ? null : mesh.book.podOf(id), ip };
}

interface FromWorkload extends Leaving {
  readonly source: ZtunnelWorkload;
}

/** Where ztunnel's own connection comes to. */
function next(context: JourneyContext, index: ZtunnelIndex, leaving: FromWorkload, sent: Sent): Place {
  if (sent.asksDns != null) return byName(sent.asksDns, sent.behind?.workload ?? null);
  if (sent.behind !== null && sent.next.ip !== null) return onOtherNetwork(context, index, leaving, sent);
  const { ip, hostname, port, workload } = sent.next;
  if (ip === null) return byName(hostname ?? '', workload);
  const to = { ip, port };
  if (sent.authority === null) return inPlainText(context, leaving, to, workload);
  if (workload === null) return { kind: 'reached', what: { kind: 'outside', address: to, as: 'workload' }, steps: [] };
  return throughTunnel(context, index, leaving, { workload, to, authority: sent.authority });
}

/** What is known by its host name alone: DNS decides. */
function byName(hostname: string, workload: ZtunnelWorkload | null): Place {
  if (/(?:^|\.)invalid\.?$/i.test(hostname)) {
    const never = { kind: 'name-never-resolves', workload: workloadName(workload ?? {}), hostname } as const;
    const steps = [step('hbone', 'missed', hostname, never)];
    return { kind: 'ended', ending: ending('failed', 'no-next-hop', never), steps };
  }
  const cause = { kind: 'name-by-dns', hostname } as const;
  const steps = [step('hbone', 'unknown', hostname, cause)];
  return { kind: 'ended', ending: ending('unknown', 'unknown-input', cause), steps };
}

function peerOf({ source, sourceIp }: FromWorkload): string | null {
  return sourceIp ?? firstIp(source);
}

function inPlainText(
  context: JourneyContext,
  leaving: FromWorkload,
  to: IpPort,
  workload: ZtunnelWorkload | null,
): Place {
  // ztunnel's own packets into the pod that they came from pass by it, whatever policies say.
  if (workload !== null && workload === leaving.source) {
    const what = { kind: 'application-past-policies', port: to.port, pod: workloadName(workload) } as const;
    return { kind: 'reached', what, steps: [] };
  }
  const from = senderOf(context, peerOf(leaving));
  return arrive(context, { ...contentOf(leaving.plan), to, from, inner: null });
}

interface Tunnel {
  readonly workload: ZtunnelWorkload;
  readonly to: IpPort;
  readonly authority: { readonly host: string; readonly port: number };
}

/** To the ztunnel of the workload's node, or to an Envoy that takes HBONE itself. */
function throughTunnel(
  context: JourneyContext,
  index: ZtunnelIndex,
  leaving: FromWorkload,
  { workload: meant, to, authority }: Tunnel,
): Place {
  const { plan, source } = leaving;
  // Of several workloads with one address, a ServiceEntry's and a pod, it is the pod that is there.
  const workload = chosenWorkload(ztunnelWalk(context, index), meant.network ?? '', to.ip) ?? meant;
  const peerIp = peerOf(leaving);
  const taken = isTaken(context, index, workload);
  if (taken === true) {
    const incoming = { workload, ip: to.ip, authority, port: to.port, peerIp, identity: identityOf(source) };
    return takenIn(context, index, incoming, contentOf(plan), false);
  }
  const entry = context.mesh.book.podOf(podOf(workload)) ?? context.mesh.book.podAt(to.ip);
  const envoy = entry === null ? null : configOf(context.mesh, entry.id);
  const isNative = workload.nativeTunnel === true && isCaptured(context, podOf(workload)) === null;
  if (envoy === null && taken !== false) return captureNotKnown(workload, taken);
  if (envoy === null) {
    const isOwn = (workload.workloadIps ?? []).some((own) => own !== null && sameIp(own, authority.host));
    const why = context.mesh.missing(podOf(workload));
    if (!isOwn) return atUnknownWaypoint(workloadName(workload), why);
    if (entry === null || !isNative) return nobodyTakesHbone(workloadName(workload));
  }
  const inside = { ip: authority.host, port: authority.port };
  const inner = { ...contentOf(plan), destination: inside };
  const tunnel = tunnelTo(inside, principalOf(source));
  const stopped = tunnelStopped(context, { ip: peerIp, id: podOf(source) }, { ip: to.ip, id: podOf(workload) });
  const place = arrive(context, { ...tunnel, to, from: senderOf(context, peerIp), inner });
  return { ...place, steps: [...stopped, ...place.steps] };
}

/** The workload as the ztunnel that serves it knows it: with policies of its own. */
function knownThere(index: ZtunnelIndex, meant: ZtunnelWorkload): ZtunnelWorkload {
  return index.workloadByUid(meant.uid ?? '') ?? index.workloadOf(podOf(meant)) ?? meant;
}

/** The far ztunnel sees the gateway's address, and the identity of who called. */
function onOtherNetwork(
  context: JourneyContext,
  index: ZtunnelIndex,
  { plan, source }: FromWorkload,
  sent: Sent,
): Place {
  const meant = sent.behind?.workload ?? {};
  const far = [...index.beyond, index].find((one) => one.isServed(podOf(meant)) === true);
  const workload = far === undefined ? meant : knownThere(far, meant);
  if (far === undefined) return behindOtherNetwork(workloadName(workload));
  const incoming = {
    workload,
    ip: workload.workloadIps?.[0] ?? null,
    authority: sent.authority,
    port: sent.next.port,
    // Behind an address that is no pod's, a load balancer's for one, the gateway has an address of its own.
    peerIp: sent.next.workload !== null && isPod(sent.next.workload) ? sent.next.ip : null,
    identity: identityOf(source),
  };
  return takenIn(context, far, incoming, contentOf(plan), true);
}
