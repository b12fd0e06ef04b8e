/** Headers of which Envoy keeps one alone: what becomes of those that repeat, and of all others. */
import fc from 'fast-check';
import { withJoinedHeaders } from '../../../src/lib/http/joined-headers';
import { isUnknown, MaybeAbsent, unknown } from '../../../src/lib/match/ternary';
import { messageOf } from '../../helpers/filters';

type Headers = Parameters<typeof withJoinedHeaders>[0]['headers'];

const joined = (headers: Headers): Headers => withJoinedHeaders(messageOf({ headers })).headers;

it('a repeated one stands where the first came, and its values in the order in which they came', () => {
  const came: Headers = [
    ['x-a', '1'],
    ['accept', 'text/html'],
    ['x-b', '2'],
    ['accept', ''],
    ['x-a', '3'],
    ['accept', '*/*'],
  ];
  expect(joined(came)).toEqual([
    ['x-a', '1'],
    ['accept', 'text/html,*/*'],
    ['x-b', '2'],
    ['x-a', '3'],
  ]);
});

it('every other header stays the very one that it is, where it is', () => {
  const name = fc.constantFrom('accept', 'user-agent', 'x-a', 'x-b', 'cookie', 'te');
  const value = fc.oneof(
    fc.constantFrom('', 'a', 'b, c', ' '),
    fc.constant(unknown('a log')),
    fc.constant(new MaybeAbsent('a log')),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (headers) => {
      const names: readonly string[] = headers.map(([one]) => one);
      const isOnce = ([one]: Headers[number]): boolean =>
        names.indexOf(one) === names.lastIndexOf(one) || ['x-a', 'x-b', 'cookie'].includes(one);
      const kept = joined(headers);
      expect(kept.filter(isOnce)).toEqual(headers.filter(isOnce));
      kept.filter(isOnce).forEach((header, index) => {
        expect(header).toBe(headers.filter(isOnce)[index]);
      });
      expect(kept.map(([one]) => one)).toEqual(
        names.filter((one, index) => isOnce([one, '']) || names.indexOf(one) === index),
      );
    }),
  );
});

it('one that may be missing is surely there where another of its name is', () => {
  const [[, value] = []] = joined([
    ['accept', new MaybeAbsent('a log')],
    ['accept', 'text/html'],
  ]);
  expect(isUnknown(value)).toBe(true);
  expect(value).not.toBeInstanceOf(MaybeAbsent);
});
