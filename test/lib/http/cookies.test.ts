/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteMatch.cookies) */
import { cookieValue, withoutCookie } from '../../../src/lib/http/cookies';
import { unknown } from '../../../src/lib/match/ternary';
import { messageOf } from '../../helpers/filters';

describe('a cookie', () => {
  it.each<[readonly string[], string | null]>([
    [[], null],
    [['u=a'], 'a'],
    [['v=1; u=a; w=2'], 'a'],
    [['u="a"'], 'a'],
    [['u="a'], '"a'],
    [['u=""'], ''],
    [['u="'], '"'],
    [['u='], ''],
    [['u'], null],
    [['u=a=b'], 'a=b'],
    [['u=a ;v=1'], 'a '],
    [['u =a'], null],
    [['   u=a'], 'a'],
    [['U=a'], null],
    [['u=a; u=b'], 'a'],
    [['v=1', 'u=b'], 'b'],
  ])('%j: %j', (headers, value) => {
    expect(cookieValue(headers, 'u')).toBe(value);
  });

  it('is not known behind a header that is not', () => {
    expect(cookieValue([unknown('it'), 'u=a'], 'u')).toEqual({ unknown: 'it' });
    expect(cookieValue(['u=a', unknown('it')], 'u')).toBe('a');
  });
});

it.each<[string, readonly string[]]>([
  ['u=a', []],
  ['u=a; v=b', ['v=b']],
  ['v=b; u=a; w=c', ['v=b; w=c']],
  ['v=u=a', ['v=u=a']],
])('%s without u: %j', (cookie, left) => {
  const { headers } = withoutCookie(messageOf({ headers: [['cookie', cookie]] }), 'u');
  expect(headers.map(([, value]) => value)).toEqual(left);
});
