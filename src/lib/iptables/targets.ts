/** What a rule of iptables does with the packets that it takes. https://ipset.netfilter.org/iptables-extensions.man.html */
import { isIP } from 'node:net';
import { markValue } from './conditions';
import { fault, quote } from './fault';
import type { MarkedPacket, RuleTarget } from './model';

type Options = ReadonlyMap<string, string>;

const TARGETS: ReadonlyMap<string, (options: Options) => RuleTarget> = new Map<
  string,
  (options: Options) => RuleTarget
>([
  ['RETURN', () => ({ kind: 'return' })],
  ['ACCEPT', () => ({ kind: 'accept' })],
  ['DROP', () => ({ kind: 'drop' })],
  ['REJECT', () => ({ kind: 'reject' })],
  ['REDIRECT', (given) => ({ kind: 'redirect', port: portOf(given.get('--to-ports') ?? given.get('--to-port')) })],
  ['TPROXY', tproxyOf],
  ['DNAT', (given) => dnatOf(given.get('--to-destination') ?? '')],
  ['MARK', (given) => ({ kind: 'mark', set: setMark(given) })],
  ['CONNMARK', (given) => ({ kind: 'mark', set: setConnectionMark(given) })],
  ['SNAT', () => ({ kind: 'accept' })],
  ['MASQUERADE', () => ({ kind: 'accept' })],
]);

/** Targets that do nothing to where a packet goes. */
const HARMLESS = new Set(
  ' LOG NFLOG ULOG TRACE CT NOTRACK CHECKSUM TCPMSS TCPOPTSTRIP DSCP TOS ECN TTL HL CLASSIFY AUDIT SECMARK CONNSECMARK RATEEST LED IDLETIMER'.split(
    ' ',
  ),
);

/** A target by its name and options; any other name is a chain's. */
export function targetOf(name: string, options: Options, isGoto: boolean): RuleTarget {
  const make = TARGETS.get(name);
  if (make !== undefined) return make(options);
  if (HARMLESS.has(name)) return { kind: 'continue' };
  return { kind: isGoto ? 'goto' : 'jump', chain: name };
}

/** The first port of `15001`, `15001-15010`; null where none is given, which leaves the port as it is. */
function portOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, port, last = port] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const isPort = port !== undefined && Number(port) <= Number(last) && Number(last) <= 65_535;
  return isPort ? Number(port) : fault(`${quote(text)} is not a port to redirect to`);
}

function tproxyOf(given: Options): RuleTarget {
  const port = portOf(given.get('--on-port'));
  return port === null ? { kind: 'unknown', name: 'TPROXY without its port' } : { kind: 'tproxy', port };
}

/** `10.0.0.1`, `10.0.0.1:8080`, `:8080`, `[fd00::1]:8080`; which of a range of addresses it will be is not known. */
export function dnatOf(text: string): RuleTarget {
  const match = /^(?:\[([^\]]+)\]|([^:]*)|([\da-f:]+))(?::(\d{1,5}))?$/i.exec(text);
  if (match === null) return dnatUnknown(text);
  const [, bracketed, plain, six, digits] = match;
  const ip = bracketed ?? plain ?? six ?? '';
  const port = digits === undefined ? null : Number(digits);
  if (ip === '') return port === null ? dnatUnknown(text) : { kind: 'dnat', ip: null, port };
  return isIP(ip) === 0 ? dnatUnknown(text) : { kind: 'dnat', ip, port };
}

function dnatUnknown(text: string): RuleTarget {
  return { kind: 'unknown', name: text === '' ? 'DNAT without its destination' : `DNAT to ${text}` };
}

type Marking = (mark: number) => number;

/** The options of MARK and CONNMARK: each is an AND, then an XOR. */
function marking(options: Options): Marking | null {
  const given = (name: string): ReturnType<typeof markValue> | null => {
    const text = options.get(name);
    return text === undefined ? null : markValue(text);
  };
  const xmark = given('--set-xmark');
  if (xmark !== null) return (mark) => ((mark & ~xmark.mask) ^ xmark.value) >>> 0;
  const plain = given('--set-mark');
  if (plain !== null) return (mark) => ((mark & ~plain.mask) | plain.value) >>> 0;
  const and = given('--and-mark');
  if (and !== null) return (mark) => (mark & and.value) >>> 0;
  const or = given('--or-mark');
  if (or !== null) return (mark) => (mark | or.value) >>> 0;
  const xor = given('--xor-mark');
  return xor === null ? null : (mark) => (mark ^ xor.value) >>> 0;
}

function setMark(options: Options): (packet: MarkedPacket) => MarkedPacket {
  const made = marking(options) ?? fault('MARK does not say which mark it sets');
  return (packet) => ({ ...packet, mark: made(packet.mark) });
}

function setConnectionMark(options: Options): (packet: MarkedPacket) => MarkedPacket {
  if (options.has('--restore-mark')) return (packet) => ({ ...packet, mark: packet.connectionMark });
  if (options.has('--save-mark')) return (packet) => ({ ...packet, connectionMark: packet.mark });
  const made = marking(options) ?? fault('CONNMARK does not say which mark it sets');
  return (packet) => ({ ...packet, connectionMark: made(packet.connectionMark) });
}
