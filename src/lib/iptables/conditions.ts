/** Conditions of rules, whichever notation they were written in. https://ipset.netfilter.org/iptables-extensions.man.html */
import { inRange, parseIp } from '../match/cidr';
import { fault, quote } from './fault';
import type { RuleCondition, MarkedPacket } from './model';
import { ownField } from '../own-field';

/** The user and group that istio-init runs Envoy as. */
export const ENVOY_ID = 1337;

/** A condition of a rule, by what it says of a packet. */
export function condition(
  text: string,
  negated: boolean,
  test: (packet: MarkedPacket) => boolean | null,
): RuleCondition {
  return {
    text: negated ? `! ${text}` : text,
    holds(packet) {
      const result = test(packet);
      return result === null ? null : result !== negated;
    },
  };
}

/** A condition that is not understood, or asks for what is not known. */
export function unknownCondition(text: string): RuleCondition {
  return { text, holds: () => null };
}

/** Whether the packet is of this protocol. */
export function protocolIs(protocol: string, negated = false): RuleCondition {
  if (!/^(?:\d{1,3}|[a-z][a-z0-9.+-]*)$/i.test(protocol) || Number(protocol) > 255) {
    fault(`${quote(protocol)} is not a protocol`);
  }
  const name = ownField(PROTOCOLS, protocol.toLowerCase()) ?? protocol.toLowerCase();
  if (!/^\d/.test(name) && !KNOWN_PROTOCOLS.has(name)) return unknownCondition(`${negated ? '! ' : ''}-p ${name}`);
  return condition(`-p ${name}`, negated, (packet) => name === 'all' || packet.protocol === name);
}

/** Names that netfilter's tools print, of protocols that may be none of TCP, UDP and ICMP. */
const KNOWN_PROTOCOLS: ReadonlySet<string> = new Set(
  'all tcp udp icmp icmpv6 ipv6-icmp igmp ipencap ipv4 ipv6 gre esp ah sctp udplite dccp ospf vrrp pim mh mobility-header'.split(
    ' ',
  ),
);

const PROTOCOLS: Readonly<Record<string, string>> = { '0': 'all', '6': 'tcp', '17': 'udp', '1': 'icmp', ip: 'all' };

/** Whether the source or the destination is in one of these ranges. */
export function addressIn(side: 'source' | 'destination', ranges: readonly string[], negated = false): RuleCondition {
  const text = `${side === 'source' ? '-s' : '-d'} ${ranges.join(',')}`;
  // A name, or a set that is kept elsewhere.
  if (!ranges.every(isRange)) return unknownCondition(negated ? `! ${text}` : text);
  return condition(text, negated, (packet) => {
    const { ip } = packet[side];
    // A rule that speaks of IPv4 takes no IPv6 packet, whatever it negates.
    const six = packet.destination.ip.includes(':');
    if (ranges.every((range) => range !== 'anywhere' && range.includes(':') !== six)) return negated;
    if (ranges.some((range) => isWhole(range))) return true;
    return ip === null ? null : ranges.some((range) => holds(range, ip));
  });
}

/** Throws a RuleFault for what can only be meant as an address and is none. */
function isRange(range: string): boolean {
  if (range === 'anywhere') return true;
  const [prefix = '', length, ...more] = range.includes('-') ? [range] : range.split('/');
  const isGood =
    more.length === 0 &&
    prefix.split('-', 3).every((text) => parseIp(text) !== null) &&
    (length === undefined || isLength(length, prefix.includes(':') ? 128 : 32));
  if (!isGood && /^[\d.:/-]*$/.test(range)) fault(`${quote(range)} is not an address or range of addresses`);
  return isGood;
}

function isLength(length: string, most: number): boolean {
  return length.includes('.') ? parseIp(length)?.family === 4 : /^\d{1,3}$/.test(length) && Number(length) <= most;
}

function isWhole(range: string): boolean {
  return range === '0.0.0.0/0' || range === '::/0' || range === 'anywhere';
}

/** `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.0.0.1`, `10.0.0.1-10.0.0.9`. */
function holds(range: string, ip: string): boolean {
  const dash = range.indexOf('-');
  if (dash > 0) return between(ip, range.slice(0, dash), range.slice(dash + 1));
  const [prefix = '', length] = range.split('/');
  const whole = prefix.includes(':') ? 128 : 32;
  return inRange(ip, { address_prefix: prefix, prefix_len: length === undefined ? whole : bitsOf(length) });
}

function bitsOf(length: string): number {
  if (!length.includes('.')) return Number(length);
  const bits = (parseIp(length)?.bytes ?? []).map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const zero = bits.indexOf('0');
  return zero < 0 ? bits.length : zero;
}

function between(ip: string, from: string, to: string): boolean {
  const [own, low, high] = [ip, from, to].map((text) => parseIp(text));
  if (own === null || own === undefined || low?.family !== own.family || high?.family !== own.family) return false;
  return compare(own.bytes, low.bytes) >= 0 && compare(own.bytes, high.bytes) <= 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Whether the packet comes in or goes out by one of these interfaces; `+` at the end of a name stands for any rest. */
export function interfaceIs(side: 'in' | 'out', names: readonly string[], negated = false): RuleCondition {
  const flag = side === 'in' ? '-i' : '-o';
  return condition(`${flag} ${names.join(',')}`, negated, (packet) => {
    const own = side === 'in' ? packet.inInterface : packet.outInterface;
    return (
      own !== null && names.some((name) => (name.endsWith('+') ? own.startsWith(name.slice(0, -1)) : own === name))
    );
  });
}

/** Ports as `22`, `80,443`, `8000:8999`, or nft's `8000-8999`. */
export function portIn(side: 'source' | 'destination', ports: readonly string[], negated = false): RuleCondition {
  const flag = side === 'source' ? '--sport' : '--dport';
  const text = `${flag} ${ports.join(',')}`;
  // Source ports are ephemeral: only the range of them is known, and no rule of Istio's asks.
  if (side === 'source' || !ports.every(isPortRange)) return unknownCondition(negated ? `! ${text}` : text);
  return condition(text, negated, (packet) => ports.some((range) => portHolds(range, packet.destination.port)));
}

/** Throws a RuleFault for a number that is no port; false for a name that is not known, or a set. */
function isPortRange(range: string): boolean {
  const ends = range.split(/[:-]/);
  const isOdd = range === '' || ends.length > 2 || ends.some((end) => /^\d+$/.test(end) && Number(end) > 65_535);
  const [low, high] = ends.map((end) => (/^\d+$/.test(end) ? Number(end) : null));
  const isBackwards = low !== null && low !== undefined && high !== null && high !== undefined && low > high;
  if (isOdd || isBackwards) fault(`${quote(range)} is not a port or range of ports`);
  return ends.every((end) => end === '' || /^\d+$/.test(end) || PORT_NAMES[end] !== undefined);
}

function portHolds(range: string, port: number): boolean {
  const [low = '', high] = range.split(/[:-]/);
  const from = low === '' ? 0 : portNumber(low);
  const to = high === undefined ? from : high === '' ? 65535 : portNumber(high);
  return port >= from && port <= to;
}

const PORT_NAMES: Readonly<Record<string, number>> = { domain: 53, ssh: 22, http: 80, https: 443, mysql: 3306 };

function portNumber(text: string): number {
  return PORT_NAMES[text] ?? Number(text);
}

/** `-m owner`. Somebody unknown is anybody but Envoy. */
export function ownerIs(kind: 'uid' | 'gid', wanted: string, negated = false): RuleCondition {
  return condition(`--${kind}-owner ${wanted}`, negated, (packet) => {
    const own = packet[kind];
    const [low, high] = ownerRange(wanted);
    if (low === null) return null;
    if (own !== null) return own >= low && own <= high;
    return low === ENVOY_ID && high === ENVOY_ID ? false : null;
  });
}

function ownerRange(wanted: string): readonly [number, number] | readonly [null, null] {
  if (wanted === 'root') return [0, 0];
  const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(wanted);
  return match === null ? [null, null] : [Number(match[1]), Number(match[2] ?? match[1])];
}

/** `-m mark` and `-m connmark`: `0x539` or `0x539/0xfff`. */
export function markIs(kind: 'mark' | 'connectionMark', wanted: string, negated = false): RuleCondition {
  const { value, mask } = markValue(wanted);
  const text = `--${kind === 'mark' ? 'mark' : 'connmark'} ${wanted}`;
  return condition(text, negated, (packet) => (packet[kind] & mask) >>> 0 === value);
}

/** `0x539`, `0x539/0xfff`, 32 bits each. Throws a RuleFault for what is no number. */
export function markValue(text: string): { readonly value: number; readonly mask: number } {
  const match = /^(0x[\da-f]{1,16}|\d{1,10})(?:\/(0x[\da-f]{1,16}|\d{1,10}))?$/i.exec(text);
  if (match === null) fault(`${quote(text)} is not a mark`);
  return { value: Number(match[1]), mask: match[2] === undefined ? 0xffffffff : Number(match[2]) };
}

/** Whether one of several holds, as a set of values means it. */
export function anyOf(conditions: readonly RuleCondition[], negated = false): RuleCondition {
  const [only, ...more] = conditions;
  if (only !== undefined && more.length === 0 && !negated) return only;
  return condition(conditions.map(({ text }) => text).join(' or '), negated, (packet) => {
    const answers = conditions.map((one) => one.holds(packet));
    return answers.includes(true) ? true : answers.includes(null) ? null : false;
  });
}

/** `-m conntrack --ctstate`: the packet is the first of its connection. */
export function stateIs(states: readonly string[], negated = false): RuleCondition {
  return condition(`--ctstate ${states.join(',')}`, negated, () =>
    states.some((state) => state.toUpperCase() === 'NEW'),
  );
}

/** `-m addrtype --dst-type LOCAL`: an address of this pod, as everything is that comes in or goes round. */
export function destinationIs(type: string, negated = false): RuleCondition {
  if (type !== 'LOCAL') return unknownCondition(`${negated ? '! ' : ''}--dst-type ${type}`);
  return condition(
    '--dst-type LOCAL',
    negated,
    (packet) => packet.inInterface !== null || packet.outInterface === 'lo',
  );
}
