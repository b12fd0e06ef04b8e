import * as fc from 'fast-check';
import { appended } from '../../../src/lib/http/header-changes';
import { describeMutation, mutated } from '../../../src/lib/http/header-mutation';
import { headerView, type HttpMessage } from '../../../src/lib/http/message';
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

const NAMES = ['a', 'A', 'b', 'user-agent', 'via', ':path'];
const header = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('', 'v', 'w', '%REQ(a)%'));
const mutation = fc.oneof(
  fc.constantFrom(...NAMES).map((remove) => ({ remove })),
  fc.constantFrom('a', 'v').map((prefix) => ({ remove_on_match: { key_matcher: { prefix } } })),
  fc
    .record({
      of: header,
      action: fc.constantFrom(
        undefined,
        'ADD_IF_ABSENT',
        'OVERWRITE_IF_EXISTS',
        'OVERWRITE_IF_EXISTS_OR_ADD',
        'APPEND_IF_EXISTS_OR_ADD',
      ),
      keep_empty_value: fc.boolean(),
    })
    .map(({ of: [key, value], action, keep_empty_value }) => ({
      append: {
        header: { key, value },
        keep_empty_value,
        ...(action === undefined ? {} : { append_action: action }),
      },
    })),
);
const factsOf = (message: HttpMessage): StreamFacts =>
  ({ message, headers: headerView(message, true) }) as unknown as StreamFacts;
const sent = (headers: HttpMessage['headers']): HttpMessage => ({
  method: 'GET',
  authority: 'h',
  path: '/',
  scheme: 'http',
  protocol: 'HTTP/1.1',
  headers,
});

test('changes that are made at once are those that are made one after the other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'user-agent', 'via'), fc.constantFrom('x', 'y')), { maxLength: 4 }),
      fc.array(mutation, { maxLength: 12 }),
      (headers, mutations) => {
        const each = mutations.reduce(
          (message, one) =>
            'append' in one ? appended(message, one.append, factsOf(message)) : mutated(message, [one], factsOf),
          sent(headers),
        );
        expect(mutated(sent(headers), mutations, factsOf)).toEqual(each);
      },
    ),
  );
});

test('of a thousand headers that are added, and removed again, no one is asked about the others', () => {
  let asked = 0;
  const add = Array.from({ length: 1000 }, (_unused, n) => ({ append: { header: { key: `x-${n}`, value: 'v' } } }));
  const remove = add.map(({ append: { header: own } }) => ({ remove: own.key }));
  const counted = (message: HttpMessage): StreamFacts => {
    asked += 1;
    return factsOf(message);
  };
  expect(mutated(sent([]), add, counted).headers).toHaveLength(1000);
  expect(mutated(sent([]), [...add, ...remove], counted).headers).toEqual([]);
  expect(asked).toBeLessThan(4);
});

test('so many headers of one name as fit are each placed once', () => {
  const headers = Array.from({ length: 100_000 }, () => ['x', 'v'] as const);
  const append = { header: { key: 'x', value: 'last' } };
  expect(mutated(sent(headers), [{ append }], factsOf).headers).toHaveLength(100_001);
});
