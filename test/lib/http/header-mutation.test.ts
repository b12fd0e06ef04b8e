import { describeMutation, mutated } from '../../../src/lib/http/header-mutation';
import type { HttpMessage } from '../../../src/lib/http/message';
import type { StreamFacts } from '../../../src/lib/http/stream-facts';

test('a change of a secret header is told without its value', () => {
  expect(describeMutation({ append: { header: { key: 'x-api-key', value: 'hush12345' } } })).toBe(
    'APPEND_IF_EXISTS_OR_ADD x-api-key: [redacted]',
  );
  expect(describeMutation({ append: { header: { key: 'x-note', value: 'seen' } } })).toBe(
    'APPEND_IF_EXISTS_OR_ADD x-note: seen',
  );
});

// Asked of Envoy 1.37: what is appended to a header that is kept once is joined with its value.
test.each([
  ['user-agent', [''], ['luffy']],
  ['user-agent', ['curl/8.5.0'], ['curl/8.5.0,luffy']],
  ['user-agent', [], ['luffy']],
  ['x-env', [''], ['', 'luffy']],
  ['x-env', ['prod'], ['prod', 'luffy']],
] as const)('%s: %j with a value that is appended is %j', (key, before, after) => {
  const message = { headers: before.map((value) => [key, value]) } as unknown as HttpMessage;
  const mutations = [{ append: { header: { key, value: 'luffy' } } }];
  const { headers } = mutated(message, mutations, () => ({}) as StreamFacts);
  expect(headers).toEqual(after.map((value) => [key, value]));
});
