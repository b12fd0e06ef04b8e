/** Advice about identities: mutual TLS and authorization. */
import { policyOrigin } from '../../trace/filters/rbac/policy-name';
import { type Advice, type DeadEnd, mctl } from './facts';

export function tlsError({ hop, before, step }: DeadEnd): Advice {
  if (before === null && step.because.includes('client certificate')) {
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

export function denied({ hop, outcome, step }: DeadEnd): Advice {
  const pod = hop.proxy ?? 'this proxy';
  if (outcome.policy !== null || step.rejected.length === 0) {
    return {
      text: `change the policy that refuses it at ${pod}, or the request`,
      commands: policyOrigin(outcome.policy) === null ? ['kubectl get authorizationpolicy -A'] : [],
    };
  }
  const policies = step.rejected.flatMap(({ name }) => policyOrigin(name)?.command ?? []);
  return {
    text: `let an ALLOW policy of ${pod} match: each one above says what it lacks first`,
    commands: policies.length === 0 ? ['kubectl get authorizationpolicy -A'] : [...new Set(policies)].slice(0, 3),
  };
}

/** A token itself is not judged: claims that are given stand for a valid one. */
export function tokenDenied({ hop }: DeadEnd): Advice {
  return {
    text: `send a token that the RequestAuthentication of ${hop.proxy ?? 'this proxy'} accepts; --claim KEY=VALUE stands for one in a trace`,
    commands: ['kubectl get requestauthentication -A'],
  };
}
