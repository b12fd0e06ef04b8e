import { toProtoNames } from '../../../src/lib/envoy/field-names';
import { InputError } from '../../../src/lib/errors';

it('a value that is nested too deeply is refused as an input, not as a bug', () => {
  let value: unknown = {};
  for (let depth = 0; depth < 100_000; depth++) value = [value];
  expect(() => toProtoNames(value)).toThrow(InputError);
  expect(toProtoNames({ filterChains: [{ name: 'a' }] })).toEqual({ filter_chains: [{ name: 'a' }] });
});
