/** Several routes that together leave another nothing: held against requests, and against routes that a person can check. */
import fc from 'fast-check';
import type { RouteMatch } from '../../../src/lib/envoy/route';
import { failedCondition } from '../../../src/lib/http/route-match';
import { shadowsTogether } from '../../../src/lib/lint/routes-together';
import { httpMessage, inputOf, routeMatch } from '../../helpers/route-arbitraries';

function together(...matches: readonly RouteMatch[]) {
  return shadowsTogether({ routes: matches.map((match) => ({ match })) }, true);
}

const with_ = (prefix: string, ...headers: NonNullable<RouteMatch['headers']>): RouteMatch => ({ prefix, headers });

it('finds routes that only together take all', () => {
  const there = { name: 'x', present_match: true };
  const away = { name: 'x', present_match: false };
  expect(together(with_('/a', there), with_('/a', away), with_('/a/b'))).toEqual([null, null, [0, 1]]);
  expect(together(with_('/a', there), with_('/b'), with_('/a', away), { path: '/a' })[3]).toEqual([0, 2]);
  const exact = { name: 'x', string_match: { exact: 'a' } };
  const not = { name: 'x', string_match: { exact: 'a' }, invert_match: true };
  expect(together(with_('/', exact), with_('/', not), with_('/'))[2]).toBeNull();
  const digits = { name: 'x', string_match: { safe_regex: { regex: '[0-9]+' } }, invert_match: true };
  expect(together(with_('/', digits), with_('/', exact))).toEqual([null, [0]]);
  expect(together(with_('/', exact), with_('/', not), with_('/', away), with_('/'))[3]).toEqual([0, 1, 2]);
  const regex = (text: string): RouteMatch => ({ safe_regex: { regex: text } });
  expect(together(regex('/v1/[a-z]+'), regex('/v1/[0-9]+'), regex('/v1/([a-z]+|[0-9]+)'))[2]).toEqual([0, 1]);
});

it('leaves alone what another value of the same header may decide, where each is tried alone', () => {
  const each = (...matches: readonly RouteMatch[]) =>
    shadowsTogether({ routes: matches.map((match) => ({ match })) }, false);
  const exact = { name: 'x', string_match: { exact: 'a' } };
  const digits = { name: 'x', string_match: { safe_regex: { regex: '[0-9]+' } }, invert_match: true };
  const prefix = { name: 'X', string_match: { prefix: 'a' } };
  const there = { name: 'x', present_match: true };
  expect(each(with_('/', digits), with_('/', exact))[1]).toBeNull();
  expect(each(with_('/', prefix), with_('/', exact))[1]).toEqual([0]);
  expect(each(with_('/', prefix), with_('/', exact, prefix))[1]).toBeNull();
  expect(each(with_('/', there), with_('/', exact, digits))[1]).toEqual([0]);
});

it('leaves alone what is not understood, and what is too much', () => {
  expect(together(with_('/'), with_('/a'), with_('/a/b'))).toEqual([null, [0], [0]]);
  const chance = { runtime_fraction: { default_value: { numerator: 50 } } };
  const there = { name: 'x', present_match: true };
  const away = { name: 'x', present_match: false };
  expect(together({ ...with_('/', there), ...chance }, with_('/', away), with_('/'))[2]).toBeNull();
  expect(together(with_('/', there), with_('/', away), { ...with_('/'), ...chance })[2]).toEqual([0, 1]);
  const many = Array.from({ length: 300 }, (_unused, index) => with_(`/${index}`));
  expect(together(...many).every((one) => one === null)).toBe(true);
});

/** Routes that often take each other's requests. */
const close = fc.constantFrom(
  with_('/', { name: 'x', present_match: true }),
  with_('/a', { name: 'x', present_match: true }),
  with_('/', { name: 'x', present_match: false }),
  with_('/a', { name: 'x', string_match: { exact: 'a' }, invert_match: true, treat_missing_header_as_empty: true }),
  with_('/a', { name: 'x', string_match: { prefix: 'a' } }),
  with_('/a', { name: 'x', string_match: { safe_regex: { regex: '[^a].*|' } } }),
  with_('/a/b'),
);

it('reports no route that a request reaches', () => {
  let reported = 0;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(routeMatch, close), { minLength: 3, maxLength: 10 }),
      fc.array(httpMessage.map(inputOf), { minLength: 20, maxLength: 20 }),
      (matches, requests) => {
        const routes = matches.map((match) => ({ match }));
        const [joined, each] = [true, false].map((joins) => shadowsTogether({ routes }, joins));
        reported += joined!.filter((one) => one !== null).length;
        for (const input of requests) {
          const first = matches.findIndex((match) => failedCondition(match, input, {}) === null);
          const found = input.headers.joinRepeated ? joined : each;
          if (first >= 0) expect(found![first]).toBeNull();
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(reported).toBeGreaterThan(0);
});
