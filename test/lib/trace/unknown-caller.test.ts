/** A caller whose address nobody says decides nothing, and what is decided without it stays so. */
import * as fc from 'fast-check';
import type { HttpConnectionManager } from '../../../src/lib/envoy/listener';
import { listenerOf, manager, proxyOf, walkOf, type WalkOptions } from '../../helpers/hop';

const header = (name: string, matcher: object): object => ({ name, ...matcher });
const PRESENT = { present_match: true };
const PRIVATE = { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] };

/** The status of the route that asks for the header: 201, of the other: 202; null where the verdict is unknown. */
function status(config: HttpConnectionManager, match: object, options: WalkOptions = {}): number | null {
  const routes = [
    { match: { prefix: '/', headers: [match] }, direct_response: { status: 201 } },
    { match: { prefix: '/' }, direct_response: { status: 202 } },
  ];
  const whole = { route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] }, ...config };
  const walked = walkOf(proxyOf({ listeners: [listenerOf([manager(whole)])] }), 'http://h/', {
    unknownCaller: true,
    ...options,
  });
  expect(walked.verdict).toBe(walked.status === null ? 'unknown' : 'direct-response');
  return walked.status;
}

describe('a caller that nobody names', () => {
  it.each<[string, HttpConnectionManager, object, number | null, WalkOptions?]>([
    ['is in X-Forwarded-For all the same', { use_remote_address: true }, header('x-forwarded-for', PRESENT), 201],
    [
      'is there as somebody',
      { use_remote_address: true },
      header('x-forwarded-for', { exact_match: '10.0.0.1' }),
      null,
    ],
    [
      'is external, where nobody is internal',
      { use_remote_address: true },
      header('x-envoy-external-address', PRESENT),
      201,
    ],
    [
      'may be external or not',
      { use_remote_address: true, internal_address_config: PRIVATE },
      header('x-envoy-external-address', PRESENT),
      null,
    ],
    [
      'may be internal or not',
      { use_remote_address: true, internal_address_config: PRIVATE },
      header('x-envoy-internal', PRESENT),
      null,
    ],
    [
      'is internal where everybody is',
      { use_remote_address: true, internal_address_config: { cidr_ranges: [{ address_prefix: '0.0.0.0' }] } },
      header('x-envoy-internal', { exact_match: 'true' }),
      201,
    ],
    [
      'is not internal behind a proxy that has named another',
      { use_remote_address: true, internal_address_config: PRIVATE },
      header('x-envoy-internal', PRESENT),
      202,
      { headers: [['x-forwarded-for', '10.1.1.1']] },
    ],
    [
      'may say what only internal callers may, or not',
      { use_remote_address: true, internal_address_config: PRIVATE },
      header('x-envoy-max-retries', PRESENT),
      null,
      { headers: [['x-envoy-max-retries', '3']] },
    ],
    [
      'does not say what it did not send',
      { use_remote_address: true, internal_address_config: PRIVATE },
      header('x-envoy-max-retries', PRESENT),
      202,
    ],
    [
      'is not who a trusted hop says is the client',
      { use_remote_address: true, xff_num_trusted_hops: 1 },
      header('x-envoy-external-address', { exact_match: '203.0.113.1' }),
      201,
      { headers: [['x-forwarded-for', '203.0.113.1']] },
    ],
    [
      'is not internal by an address that hops are skipped for',
      { xff_num_trusted_hops: 1, internal_address_config: PRIVATE },
      header('x-envoy-internal', PRESENT),
      202,
      { headers: [['x-forwarded-for', '10.1.1.1']] },
    ],
  ])('%s', (_name, config, match, wanted, options = {}) => {
    expect(status(config, match, options)).toBe(wanted);
  });
});

/** Of a fully given request the caller is left out: what is decided then is what is decided with it. */
it('changes no verdict but to unknown', () => {
  const ranges = fc.subarray(['10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '192.0.2.0/24', '::/0']).map((texts) =>
    texts.map((text) => ({
      address_prefix: text.split('/')[0] ?? '',
      prefix_len: Number(text.split('/')[1]),
    })),
  );
  const config = fc.record({
    use_remote_address: fc.boolean(),
    xff_num_trusted_hops: fc.nat(2),
    skip_xff_append: fc.boolean(),
    internal_address_config: fc.record({ cidr_ranges: ranges }),
  });
  const name = fc.constantFrom(
    'x-forwarded-for',
    'x-envoy-internal',
    'x-envoy-external-address',
    'x-envoy-max-retries',
    'x-request-id',
  );
  const value = fc.constantFrom('10.1.0.1', '203.0.113.1', '10.1.0.1,10.1.0.1', 'true', '3');
  const matcher = fc.oneof(
    fc.boolean().map((present_match) => ({ present_match })),
    value.map((exact) => ({ string_match: { exact } })),
    value.map((exact) => ({ string_match: { exact }, invert_match: true })),
  );
  const sent = fc.array(fc.tuple(fc.constantFrom('x-forwarded-for', 'x-envoy-max-retries'), value), { maxLength: 2 });
  const chain = fc.record({
    source: ranges,
    direct: ranges,
    type: fc.constantFrom('ANY', 'EXTERNAL', 'SAME_IP_OR_LOOPBACK'),
  });
  const source = fc.constantFrom('10.1.0.1', '10.9.9.9', '192.0.2.7', '203.0.113.1', '127.0.0.1', '10.0.0.2');
  fc.assert(
    fc.property(
      fc.record({ manager_: config, header_: name, match: matcher, headers: sent, by: chain, sourceIp: source }),
      (drawn) => {
        const { manager_, header_, match, headers, by, sourceIp } = drawn;
        const routes = [
          { match: { prefix: '/', headers: [{ name: header_, ...match }] }, direct_response: { status: 201 } },
          { match: { prefix: '/' }, direct_response: { status: 202 } },
        ];
        const table = { route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] }, ...manager_ };
        const condition = {
          source_prefix_ranges: by.source,
          direct_source_prefix_ranges: by.direct,
          source_type: by.type,
        };
        const chains = [
          { name: 'a', filter_chain_match: condition, filters: [manager(table)] },
          { name: 'b', filters: [manager({ ...table, use_remote_address: true })] },
        ];
        const proxy = proxyOf({ listeners: [listenerOf([], { filter_chains: chains })] });
        const known = walkOf(proxy, 'http://h/', { headers, sourceIp });
        const open = walkOf(proxy, 'http://h/', { headers, unknownCaller: true });
        if (open.verdict !== 'unknown') expect([open.verdict, open.status]).toEqual([known.verdict, known.status]);
      },
    ),
    { numRuns: 500 },
  );
});
