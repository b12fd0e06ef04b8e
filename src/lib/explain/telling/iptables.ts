/** The words of what a pod's netfilter rules do. */
import { hostPort } from '../../envoy/address';
import type { IptablesCause, OwnConnection } from '../../trace/facts/iptables';
import type { Tellings } from './tellings';

type Packet = Extract<IptablesCause, { readonly kind: 'packet' }>;

export const IPTABLES: Tellings<IptablesCause> = {
  packet: (fact) => (fact.own === null ? packetText(fact) : ownText(fact, fact.own)),
  'family-not-known': ({ family, own }) => {
    const text = `the pod's rules that are known say nothing of IPv${family}`;
    return own === null ? text : `Envoy's own connection: ${text}`;
  },
};

function packetText({ fate, hook, destination }: Packet): string {
  const to = hostPort(destination.ip, destination.port);
  switch (fate.kind) {
    case 'redirected':
      return `${to} is ${fate.transparent ? 'handed (TPROXY)' : 'redirected'} to port ${fate.port}`;
    case 'rewritten':
      return `${to} is rewritten to ${hostPort(fate.ip, fate.port)}`;
    case 'passed':
      return hook === 'OUTPUT' ? `${to} is not captured: it goes there directly` : `${to} is not captured`;
    case 'dropped':
      return `${to} is ${fate.rejected ? 'rejected' : 'dropped'}`;
    case 'unknown':
      return `it depends on ${fate.because}, which is not known`;
  }
}

/** Envoy's own connection is let go, unless the rules take Envoy for somebody else. */
function ownText(fact: Packet, { home, from, goesRound }: OwnConnection): string {
  if (fact.fate.kind === 'passed') {
    if (!home) return "Envoy's own connection is let go";
    return from === null ? 'Envoy is let go over lo' : `Envoy is let go over lo, from ${from}`;
  }
  const text = `Envoy's own connection: ${packetText(fact)}`;
  if (goesRound === 'if-derived') {
    return `${text}, if the pod's rules are istio-init's: then it goes round without end`;
  }
  if (goesRound === null || fact.fate.kind !== 'redirected') return text;
  return `${text}: it comes back to Envoy on port ${fact.fate.port} and goes round without end`;
}
