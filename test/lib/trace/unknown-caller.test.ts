/** A caller whose address nobody says decides nothing, and what is decided without it stays so. */
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
  ])('%s', (_name, config, match, wanted, options) => {
    expect(status(config, match, options)).toBe(wanted);
  });
});
