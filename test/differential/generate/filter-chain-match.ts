/** Random filter-chain matches that Envoy accepts together. */
import type { Random } from '../rig/random';
import { NEIGHBOUR_IP, POD_IP } from './vocabulary';

export interface ChainMatch {
  readonly destination_port?: number;
  readonly prefix_ranges?: readonly Range[];
  readonly server_names?: readonly string[];
  readonly transport_protocol?: string;
  readonly application_protocols?: readonly string[];
  readonly direct_source_prefix_ranges?: readonly Range[];
  readonly source_type?: string;
  readonly source_prefix_ranges?: readonly Range[];
  readonly source_ports?: readonly number[];
}

interface Range {
  readonly address_prefix: string;
  readonly prefix_len: number;
}

const range = (prefix: string, length: number): Range => ({ address_prefix: prefix, prefix_len: length });
const DESTINATIONS = [
  range('10.96.0.0', 16),
  range('10.96.0.10', 32),
  range('10.0.0.0', 8),
  range('192.168.1.0', 24),
  range('0.0.0.0', 1),
];
const NAMES = ['a.example.com', '*.example.com', 'reviews.bookinfo', '*.b.example.com', '*.org'];
const PROTOCOLS = [
  ['http/1.0', 'http/1.1', 'h2c'],
  ['http/1.1'],
  ['h2'],
  ['istio', 'istio-http/1.1'],
  ['h2c', 'http/1.1'],
  ['h2', 'http/1.1'],
];

export function chainMatch(random: Random, port: number): ChainMatch {
  const transport = random.chance(0.4) ? random.pick(['tls', 'raw_buffer']) : undefined;
  const named = transport !== 'raw_buffer' && random.chance(0.3);
  return {
    ...random.maybe(0.3, 'destination_port', () => random.pick([9080, 443, 80, port])),
    ...random.maybe(0.35, 'prefix_ranges', () => random.sample(DESTINATIONS, random.int(1, 2))),
    ...(named ? { server_names: random.sample(NAMES, random.int(1, 2)), transport_protocol: 'tls' } : {}),
    ...(transport !== undefined && !named ? { transport_protocol: transport } : {}),
    ...random.maybe(0.4, 'application_protocols', () => random.pick(PROTOCOLS)),
    ...random.maybe(0.06, 'direct_source_prefix_ranges', () => [
      range(random.pick([POD_IP, '10.244.0.0']), random.pick([16, 32])),
    ]),
    ...random.maybe(0.08, 'source_type', () => random.pick(['EXTERNAL', 'SAME_IP_OR_LOOPBACK'])),
    ...random.maybe(0.1, 'source_prefix_ranges', () => [range(random.pick([POD_IP, NEIGHBOUR_IP]), 32)]),
  };
}

/** Every slot of Envoy's nested maps that a match takes; two chains of a listener must share none. */
export function slots(match: ChainMatch): readonly string[] {
  const text = (ranges: readonly Range[] | undefined): readonly string[] =>
    ranges?.map(({ address_prefix, prefix_len }) => `${network(address_prefix, prefix_len)}/${prefix_len}`) ?? ['any'];
  const criteria: readonly (readonly string[])[] = [
    [String(match.destination_port ?? 'any')],
    text(match.prefix_ranges),
    match.server_names ?? ['any'],
    [match.transport_protocol ?? 'any'],
    match.application_protocols ?? ['any'],
    text(match.direct_source_prefix_ranges),
    [match.source_type ?? 'any'],
    text(match.source_prefix_ranges),
    match.source_ports?.map(String) ?? ['any'],
  ];
  return criteria.reduce<readonly string[]>(
    (made, values) => made.flatMap((left) => values.map((value) => `${left} ${value}`)),
    [''],
  );
}

function network(address: string, length: number): string {
  const octets = address.split('.').map(Number);
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - length);
  return String(Math.floor(number / size) * size);
}
