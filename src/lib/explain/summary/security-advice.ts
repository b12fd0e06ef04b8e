/** Advice about identities: mutual TLS and authorization. */
import { shellWord } from '../../shell-word';
import { proxyNamed } from '../../proxy-id';
import { causeKind, factsOf } from '../step-facts';
import { policyOrigin } from '../../trace/filters/rbac/policy-name';
import { metText, policyText } from '../telling/policy';
import { type Advice, type DeadEnd, hostOf, mctl } from './facts';

/** What a client certificate would change, or another one. */
const CERTIFICATE_CAUSES: ReadonlySet<ReturnType<typeof causeKind>> = new Set([
  'client-certificate-missing',
  'client-certificate-name',
]);

/** Where the two sides of a connection do not agree on TLS. */
export function tlsError({ request, hop, before, step }: DeadEnd): Advice {
  if (causeKind(step) === 'no-sidecar') {
    const rule = hop.steps.findLast(({ origin }) => origin?.kind === 'DestinationRule')?.origin;
    return {
      cause: `${hop.proxy ?? 'the caller'} sends mutual TLS (ISTIO_MUTUAL), and ${step.name ?? 'the destination'} has no sidecar that could answer it`,
      object: rule?.command ?? 'kubectl get destinationrule -A',
      text: `set a DestinationRule with tls mode DISABLE for ${hostOf(request)}, or inject a sidecar there`,
      commands: [],
    };
  }
  if (before === null && CERTIFICATE_CAUSES.has(causeKind(step))) {
    return {
      text: 'present a client certificate that the server trusts; --tls mtls stands for one in a trace',
      commands: [mctl('secret', hop.proxy)],
    };
  }
  const pair = [before?.proxy, hop.proxy].filter((proxy) => proxy !== null && proxy !== undefined);
  const roots = pair.length === 2 ? [`mctl pc rootca-compare ${pair.join(' ')}`] : [];
  const side =
    before === null
      ? 'speak TLS as the matched filter chain asks for it, with a certificate that it trusts if it wants one'
      : `make both sides agree: the tls settings of the DestinationRule at ${before.proxy ?? 'the caller'}, the PeerAuthentication at ${hop.proxy ?? 'the destination'}`;
  return { text: side, commands: [...roots, mctl('secret', hop.proxy)] };
}

/** Where a policy denies the request, or no ALLOW policy allows it. */
export function denied(end: DeadEnd): Advice {
  const { hop, outcome, step } = end;
  const isTcp = step.stage === 'network-filter';
  if (outcome.policy !== null) return deniedByPolicy(end, isTcp);
  const pod = hop.proxy ?? 'this proxy';
  const [nearest] = step.rejected;
  if (nearest === undefined)
    return isTcp ? nothingAllowsTcp(hop) : { text: `let a policy of ${pod} allow the request`, commands: [ALL] };
  const policies = step.rejected.flatMap(({ name }) => policyOrigin(name)?.command ?? []);
  return {
    cause: `${pod} has ALLOW policies, and none allows the request; nearest is ${policyText(nearest.name)}: ${nearest.because}`,
    text: isTcp
      ? `let an ALLOW policy match. ${HTTP_ON_TCP}`
      : 'let the request meet that rule, or add a rule that allows it',
    commands: policies.length === 0 ? [ALL] : [...new Set(policies)].slice(0, 3),
  };
}

const ALL = 'kubectl get authorizationpolicy -A';

/** https://istio.io/latest/docs/reference/config/security/authorization-policy/ (HTTP conditions on TCP ports) */
const HTTP_ON_TCP = 'On a TCP port a rule with HTTP conditions (methods, paths, headers) never allows';

function deniedByPolicy({ outcome, step }: DeadEnd, isTcp: boolean): Advice {
  const policy = outcome.policy ?? '';
  const condition = metText(factsOf(step, 'http-filter') ?? factsOf(step, 'network-filter') ?? {});
  const met = condition === null ? '' : `, since this condition is met: ${condition}`;
  const http = isTcp ? '. On a TCP port its HTTP conditions do not exist: a DENY rule applies without them' : '';
  return {
    cause: `${policyText(policy)} denies it${met}${http}`,
    text: isTcp
      ? 'give the DENY rule a port that is HTTP, or declare this port as HTTP (its name, or appProtocol)'
      : 'change that rule, or send a request that does not meet it',
    commands: policyOrigin(policy) === null ? [ALL] : [],
  };
}

/** istiod leaves rules with HTTP conditions out of ALLOW policies on TCP ports: nothing may be left. */
function nothingAllowsTcp({ proxy }: DeadEnd['hop']): Advice {
  const namespace = proxyNamed(proxy ?? '')?.namespace;
  const where = namespace === undefined ? '--all-namespaces' : `-n ${shellWord(namespace)}`;
  return {
    cause:
      'an ALLOW policy applies here, and none of its rules is left: rules with HTTP conditions do not exist on a TCP port',
    object: `kubectl get authorizationpolicy ${where} -o yaml`,
    text: 'add a rule without HTTP conditions (methods, paths, headers) for this port, or declare the port as HTTP (its name, or appProtocol)',
    commands: [],
  };
}

/** A token itself is not judged: claims that are given stand for a valid one. */
export function tokenDenied({ hop }: DeadEnd): Advice {
  return {
    text: `send a token that the RequestAuthentication of ${hop.proxy ?? 'this proxy'} accepts; --claim KEY=VALUE stands for one in a trace`,
    commands: ['kubectl get requestauthentication -A'],
  };
}
