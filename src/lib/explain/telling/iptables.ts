/** The words of what a pod's netfilter rules do. */
import { ipPortText } from '../../match/ip-port';
import type {
  IptablesCause,
  IptablesSetting,
  OwnConnection,
  PacketCause,
  RulesSource,
} from '../../trace/facts/iptables';
import type { SettingLabels } from './labels';
import { destinationText } from './journey';
import { tell, type Tellings } from './tellings';

type Packet = Extract<PacketCause, { readonly kind: 'packet' }>;

export const IPTABLES: Tellings<IptablesCause> = {
  packet: (fact) => (fact.own === null ? packetText(fact) : ownText(fact, fact.own)),
  'family-not-known': ({ family, own }) => {
    const text = `the pod's rules that are known say nothing of IPv${family}`;
    return own === null ? text : `Envoy's own connection: ${text}`;
  },
  'addressed-to': ({ to, found }) => `addressed to ${ipPortText(to)}: ${destinationText(found)}`,
  'taken-as-captured': ({ to }) =>
    `${ipPortText(to)} is taken as captured, as --mode outbound and --original-dst say; istio-init's rules leave it alone`,
  'captured-by-ztunnel': ({ pod }) =>
    `${pod} is in ambient mode: its connections are redirected to ztunnel on its node`,
  'own-address-over-lo': ({ to }) =>
    `${ipPortText(to)} is this pod's own address: it goes over lo, which no ztunnel sees`,
  'not-in-ambient': ({ pod }) => `${pod} is not in ambient mode: no ztunnel takes what it sends`,
  'service-lacks-port': ({ service, port }) => `Service ${service} has no port ${port}`,
  'no-ready-endpoint': ({ service, port }) => `Service ${service} has no ready endpoint for port ${port}`,
  'endpoint-of-service': ({ from, service, to, count }) =>
    `${ipPortText(from)} is Service ${service}: kube-proxy sends it to ${ipPortText(to)}${count > 1 ? `, one of ${count} ready endpoints` : ''}`,
  'sent-by-kube-proxy': ({ to }) => `kube-proxy sends it to ${ipPortText(to)}`,
};

export const IPTABLES_SETTINGS: SettingLabels<IptablesSetting> = {
  rule: ['rule', ({ place }) => ruleText(place)],
  way: ['way', ({ chains }) => wayText(chains)],
  'derived-rules': ['derived', ({ from }) => `from ${tell(SOURCES, from)}; the pod's own rules are not known`],
};

type Mesh = Extract<RulesSource, { readonly kind: 'mesh' }>['mesh'];

const MESHES: Readonly<Record<Mesh, string>> = { consul: 'Consul', osm: 'Open Service Mesh', kuma: 'Kuma' };

const SOURCES: Tellings<RulesSource> = {
  container: ({ name }) => `the arguments of container ${name}`,
  annotations: () => "the pod's annotations",
  defaults: () => "istio-init's defaults",
  mesh: ({ mesh }) => `what ${MESHES[mesh]} writes by default`,
};

/** How many chains of the way are named. */
const WAY = 20;

function wayText(way: readonly string[]): string {
  const left = way.length > WAY ? [`(${way.length - WAY} more)`] : [];
  return [...way.slice(0, WAY), ...left].join(' → ');
}

function ruleText({
  table,
  chain,
  number,
  text,
}: Extract<IptablesSetting, { readonly kind: 'rule' }>['place']): string {
  return number === null ? `${table}: ${chain} ${text}` : `${table}: -A ${chain} ${text}`;
}

function packetText({ fate, hook, destination }: Packet): string {
  const to = ipPortText(destination);
  switch (fate.kind) {
    case 'redirected':
      return `${to} is ${fate.transparent ? 'handed (TPROXY)' : 'redirected'} to port ${fate.port}`;
    case 'rewritten':
      return `${to} is rewritten to ${ipPortText(fate)}`;
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
