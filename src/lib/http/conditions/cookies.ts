/** `RouteMatch.cookies`: every matcher holds. A cookie that is missing meets an inverted matcher alone. */
import { isDeepStrictEqual } from 'node:util';
import type { RouteMatch } from '../../envoy/route';
import { cameText, type HeaderView } from '../../match/header-matcher';
import { describeStringMatcher, matchString } from '../../match/string-matcher';
import { isUnknown, not, type Ternary } from '../../match/ternary';
import { watcher } from '../../match/watch';
import { stringWitness } from '../../match/value-witness';
import { cookieValue } from '../cookies';
import { firstOpen, type RouteCondition } from './condition';

type Cookie = NonNullable<RouteMatch['cookies']>[number];

export const cookies: RouteCondition = {
  name: 'cookies',
  holds: (match, { headers }) => firstOpen((match.cookies ?? []).map((cookie) => holds(cookie, headers))),
  describe: (match) => (match.cookies ?? []).map(describe),
  miss: (match, { headers }) => {
    const failed = (match.cookies ?? []).find((cookie) => holds(cookie, headers) !== true) ?? {};
    const value = cookieValue(headers.values('cookie'), failed.name ?? '');
    const came = value === null ? ': it is not there' : ` ${cameText([value], 'cookie')}`;
    return `${describe(failed)} does not match${came}`;
  },
  implies: (narrow, wide) =>
    (wide.cookies ?? []).every((own) => (narrow.cookies ?? []).some((other) => isDeepStrictEqual(own, other))),
  witness: (match) => {
    const pairs: string[] = [];
    for (const { name = '', string_match: text = {}, invert_match: inverted } of match.cookies ?? []) {
      if (inverted === true) continue;
      const value = stringWitness(text, (one) => /^[!-~]*$/.test(one) && !/[";\\]/.test(one));
      if (value === null) return null;
      pairs.push(`${name}=${value}`);
    }
    return pairs.length === 0 ? {} : { headers: [['cookie', pairs.join('; ')]] };
  },
};

function holds({ name = '', string_match: text = {}, invert_match: inverted }: Cookie, headers: HeaderView): Ternary {
  watcher()?.reads('cookie', headers.of ?? null);
  const value = cookieValue(headers.values('cookie'), name);
  const result = isUnknown(value) ? value : value !== null && matchString(text, value);
  return inverted === true ? not(result) : result;
}

function describe({ name = '', string_match: text = {}, invert_match: inverted }: Cookie): string {
  return `cookie ${name}: ${inverted === true ? 'not ' : ''}${describeStringMatcher(text, 'cookie')}`;
}
