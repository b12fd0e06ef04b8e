import { outcome, seenByCaller } from '../../../src/lib/trace/outcome';

const side = { isGrpc: false, isTls: true, retry: null } as const;
const refused = outcome('failed', 'protocol-error', { status: 426, responseFlags: 'DPE' });

test("the next proxy's answer reaches the caller through a TCP proxy, which logs no flag of it", () => {
  expect(seenByCaller(refused, { ...side, isHttp: false })).toEqual({ ...refused, responseFlags: null });
});

test('it goes through an HTTP proxy as it is, and a connection that is closed becomes 503', () => {
  expect(seenByCaller(refused, { ...side, isHttp: true })).toEqual({ ...refused, responseFlags: null });
  const closed = outcome('failed', 'no-filter-chain', { responseFlags: 'NR' });
  expect(seenByCaller(closed, { ...side, isHttp: true })).toMatchObject({ status: 503, responseFlags: 'UF' });
  expect(seenByCaller(closed, { ...side, isHttp: false })).toMatchObject({ status: null, responseFlags: null });
});
