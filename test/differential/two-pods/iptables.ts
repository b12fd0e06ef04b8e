/**
 * The nat rules of a sidecar's pod, from what Istio documents of its init container: everything outbound goes to 15001 but what
 * the proxy itself sends, everything inbound to 15006 but its own ports; ports and ranges can be left out of either.
 * https://istio.io/latest/docs/ops/deployment/application-requirements/
 * https://istio.io/latest/docs/reference/commands/pilot-agent/#pilot-agent-istio-iptables
 */
import { PROXY_UID } from '../rig/envoy';

/** What a pod's annotations `traffic.sidecar.istio.io/*` say; null where all is included. */
export interface Capture {
  readonly excludeOutboundPorts: readonly number[];
  readonly excludeOutboundRanges: readonly string[];
  readonly includeOutboundRanges: readonly string[] | null;
  readonly excludeInboundPorts: readonly number[];
  readonly includeInboundPorts: readonly number[] | null;
}

export const CAPTURE_ALL: Capture = {
  excludeOutboundPorts: [],
  excludeOutboundRanges: [],
  includeOutboundRanges: null,
  excludeInboundPorts: [],
  includeInboundPorts: null,
};

/** Ports of the proxy that inbound connections reach as they are: HBONE, ssh, and the agent's. */
const OWN_PORTS = [15008, 22, 15090, 15021, 15020];

export function natRules(capture: Capture): readonly string[] {
  const chains = ['ISTIO_INBOUND', 'ISTIO_IN_REDIRECT', 'ISTIO_OUTPUT', 'ISTIO_REDIRECT'];
  return [
    ...chains.map((chain) => `-N ${chain}`),
    '-A PREROUTING -p tcp -j ISTIO_INBOUND',
    '-A OUTPUT -p tcp -j ISTIO_OUTPUT',
    '-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001',
    '-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006',
    ...inbound(capture),
    ...outbound(capture),
  ];
}

function inbound({ excludeInboundPorts, includeInboundPorts }: Capture): readonly string[] {
  const to = (port: number, target: string): string => `-A ISTIO_INBOUND -p tcp --dport ${port} -j ${target}`;
  if (includeInboundPorts !== null) return includeInboundPorts.map((port) => to(port, 'ISTIO_IN_REDIRECT'));
  const spared = [...OWN_PORTS, ...excludeInboundPorts].map((port) => to(port, 'RETURN'));
  return [...spared, '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT'];
}

function outbound({ excludeOutboundPorts, excludeOutboundRanges, includeOutboundRanges }: Capture): readonly string[] {
  const owned = (kind: 'uid' | 'gid'): readonly string[] => [
    `! -d 127.0.0.1/32 -o lo -m owner --${kind}-owner ${PROXY_UID} -j ISTIO_IN_REDIRECT`,
    `-o lo -m owner ! --${kind}-owner ${PROXY_UID} -j RETURN`,
    `-m owner --${kind}-owner ${PROXY_UID} -j RETURN`,
  ];
  const included = includeOutboundRanges?.map((range) => `-d ${range} -j ISTIO_REDIRECT`);
  return [
    ...excludeOutboundPorts.map((port) => `-p tcp --dport ${port} -j RETURN`),
    '-s 127.0.0.6/32 -o lo -j RETURN',
    ...owned('uid'),
    ...owned('gid'),
    '-d 127.0.0.1/32 -j RETURN',
    ...excludeOutboundRanges.map((range) => `-d ${range} -j RETURN`),
    ...(included === undefined ? ['-j ISTIO_REDIRECT'] : [...included, '-j RETURN']),
  ].map((rule) => `-A ISTIO_OUTPUT ${rule}`);
}

/** How many packets each rule of `iptables-save -c` has met: `CHAIN NUMBER`, the number counted from 1, to packets. */
export function ruleCounts(saved: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const numbers = new Map<string, number>();
  for (const line of saved.split('\n')) {
    const rule = /^\[(\d+):\d+\] -A (\S+)/.exec(line);
    if (rule === null) continue;
    const [, packets = '0', chain = ''] = rule;
    const number = (numbers.get(chain) ?? 0) + 1;
    numbers.set(chain, number);
    counts.set(`${chain} ${number}`, Number(packets));
  }
  return counts;
}
