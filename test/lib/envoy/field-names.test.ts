import { toProtoNames } from '../../../src/lib/envoy/field-names';

it('names are as in the proto files', () => {
  expect(toProtoNames({ filterChains: [{ name: 'a' }] })).toEqual({ filter_chains: [{ name: 'a' }] });
});
