/** Advice about dead ends at a ztunnel: the objects of Istio and Kubernetes that it knows them from. */
import type { Hop } from '../../trace/model';
import { shellWord } from '../../shell-word';
import { CONVERTED_STRICT, policyOrigin } from '../../mesh/policy-origin';
import type { Advice, DeadEnd } from './facts';
import { serviceOf } from './facts';
import { factsOf } from '../step-facts';

/** Null where the walk did not end at a ztunnel, nor at a tunnel of which it is not known who takes it. */
export function ambientAdvice(end: DeadEnd): Advice | null {
  const { hop, outcome, step } = end;
  const isTunnel = step.stage === 'hbone' || factsOf(step, 'listener')?.cause.kind === 'stops-at-waypoint';
  if (outcome.verdict === 'unknown' && isTunnel) return unknownAdvice(end);
  if (hop.direction !== 'ztunnel-outbound' && hop.direction !== 'ztunnel-inbound') return null;
  if (outcome.reason === 'rbac-denied') return denied(end);
  if (outcome.reason === 'no-healthy-endpoint') return noEndpoint(hop);
  if (outcome.reason === 'tls-error') {
    return {
      text: "the service needs the identities of its pods on the other network: istiod fills them in from that cluster's workloads, so look whether it sees them",
      commands: [
        'istioctl remote-clusters',
        `mctl zc service --service-namespace ${shellWord(namespaceOf(hop))} -o wide`,
      ],
    };
  }
  if (step.stage === 'ztunnel-waypoint') return noWaypoint(hop);
  if (outcome.verdict === 'unknown') return unknownAdvice(end);
  return null;
}

function denied(end: DeadEnd): Advice {
  const { hop, outcome } = end;
  const whom = hop.workload ?? 'the destination';
  if (outcome.policy?.endsWith(`/${CONVERTED_STRICT}`) === true) {
    return {
      text: `${whom} takes mutual TLS alone (a PeerAuthentication with mode STRICT), and the caller speaks plain text: bring it into the mesh (label its namespace istio.io/dataplane-mode=ambient), or set the mode PERMISSIVE`,
      commands: ['kubectl get peerauthentication -A'],
    };
  }
  if (outcome.policy !== null) {
    const origin = policyOrigin(outcome.policy);
    const text = `change the policy ${outcome.policy}, or the request: it is for ${whom} and sees the port of the pod, not of the Service`;
    return { text, commands: origin === null ? ['mctl zc policy -o wide'] : [] };
  }
  return noneAllows(end);
}

/** Where ALLOW policies act on the destination, and none of them matches. */
function noneAllows({ hop, before, step }: DeadEnd): Advice {
  const whom = hop.workload ?? 'the destination';
  const cause = factsOf(step, 'ztunnel-policy')?.cause;
  // Not every policy that was asked allows: DENY policies that do not match are no way in, and dry runs decide nothing.
  const policies = cause?.kind === 'none-allows' ? cause.policies : [];
  const allows = policies.flatMap((name) => policyOrigin(name)?.command ?? []);
  const behind =
    before?.direction === 'waypoint'
      ? ". It comes by a waypoint, whose identity ztunnel sees in place of the caller's"
      : '';
  const nearest = step.rejected.find(({ name }) => policies.includes(name));
  const origin = policyOrigin(nearest?.name ?? null);
  const named = origin === null ? nearest?.name : `${origin.kind} ${origin.name} in ${origin.namespace}`;
  return {
    ...(nearest === undefined
      ? {}
      : { cause: `${whom} has ALLOW policies, and none allows it; nearest is ${named ?? ''}: ${nearest.because}` }),
    text: `let the connection meet that policy, or add one that allows it${behind}`,
    commands: allows.length === 0 ? ['mctl zc policy -o wide'] : [...new Set(allows)].slice(0, 3),
  };
}

function noEndpoint(hop: Hop): Advice {
  const service = serviceOf(hop.service ?? '');
  return {
    text: 'look whether the service has this port, and a ready pod behind it that ztunnel may choose',
    commands:
      service === null
        ? ['mctl zc service -o wide']
        : [
            `kubectl get endpointslices -n ${shellWord(service.namespace)} -l kubernetes.io/service-name=${shellWord(service.name)}`,
          ],
  };
}

function noWaypoint(hop: Hop): Advice {
  const service = serviceOf(hop.service ?? '');
  const object =
    service === null
      ? `pod ${hop.next?.workload ?? ''}`.trim()
      : `service ${shellWord(service.name)} -n ${shellWord(service.namespace)}`;
  return {
    text: 'the label istio.io/use-waypoint, of the object or of its namespace, names a waypoint that is not there or has no ready pod: traffic never goes round it',
    commands: [`kubectl get ${object} --show-labels`, 'kubectl get gateways.gateway.networking.k8s.io -A'],
  };
}

function unknownAdvice({ step }: DeadEnd): Advice {
  if (step.stage === 'listener' && step.name !== null) {
    return {
      text: `save the configuration of the waypoint as proxies/NAMESPACE/POD/config_dump.json of the snapshot, and trace again`,
      commands: [],
    };
  }
  return {
    text: 'give what is missing (--source-ip, the dump of the other ztunnel, the list of pods) and trace again',
    commands: [],
  };
}

function namespaceOf(hop: Hop): string {
  return serviceOf(hop.service ?? '')?.namespace ?? 'default';
}
