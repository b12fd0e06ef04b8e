/**
 * What a client is, as dimensions: its TLS, server name, protocols, principal and address. Who speaks plain text has neither of
 * the first four, so that they do not matter of it; who presents no certificate has no principal.
 */
import type { CidrRange } from '../envoy/address';
import type { StringMatcher } from '../envoy/route';
import type { RegexNode } from '../match/regex-syntax';
import { asciiLower, matchString } from '../match/string-matcher';
import { firstAddress, rangeExpression, rangeWords } from './addresses';
import { firstTaking, regexLanguage, SOME } from './build-language';
import type { ReachCondition } from './cell';
import { matchedTexts, stringWords } from './conditions';
import { ANY_TEXT, labelOf, oneText, type TextLabels, textsOf, theseTexts } from './texts';
import { ALPN_OFFERS } from './universe';

export type ClientDimension = 'tls' | 'sni' | 'alpn' | 'principal' | 'source-ip';

export const CLIENT_DIMENSIONS: readonly ClientDimension[] = ['tls', 'sni', 'alpn', 'principal', 'source-ip'];

export const TLS_MODES = ['plaintext', 'tls', 'mtls'] as const;

/** Of each mode the dimensions that do not matter. */
export const WITHOUT: Readonly<Record<(typeof TLS_MODES)[number], readonly ClientDimension[]>> = {
  plaintext: ['sni', 'alpn', 'principal'],
  tls: ['principal'],
  mtls: [],
};

function tlsCondition(mode: (typeof TLS_MODES)[number]): ReachCondition {
  const texts = oneText(mode);
  return {
    dimension: 'tls',
    key: `tls ${mode}`,
    absent: false,
    texts,
    yes: mode,
    no: `not ${mode}`,
    preferred: [mode],
  };
}

/** That a client speaks so. */
export const TLS: Readonly<Record<(typeof TLS_MODES)[number], ReachCondition>> = {
  plaintext: tlsCondition('plaintext'),
  tls: tlsCondition('tls'),
  mtls: tlsCondition('mtls'),
};

const byRange = new Map<string, ReachCondition | null>();

/** That the client's address is in a range; null where the range is none. Throws LanguageTooLarge. */
export function addressCondition(range: CidrRange): ReachCondition | null {
  const words = rangeWords(range);
  const known = byRange.get(words);
  if (known !== undefined) return known;
  const expression = rangeExpression(range);
  const language = expression === null ? null : regexLanguage(expression);
  const found: ReachCondition | null =
    language === null
      ? null
      : {
          dimension: 'source-ip',
          key: `source-ip ${words}`,
          absent: false,
          texts: textsOf(language),
          yes: words,
          no: `not ${words}`,
          preferred: [firstAddress(range) ?? ''],
        };
  byRange.set(words, found);
  return found;
}

/** Istio makes such an expression of a namespace. https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source */
const NAMESPACE = /^\.\*\/ns\/([a-z0-9-]+)\/\.\*$/;

/**
 * That a matcher takes the client's principal. One that takes the empty text takes every certificate: its subject is not known
 * to say anything.
 */
export function principalCondition(matcher: StringMatcher): ReachCondition | null {
  const texts = matchedTexts(matcher);
  if (texts === null) return null;
  const namespace = NAMESPACE.exec(matcher.safe_regex?.regex ?? '')?.[1];
  const words = namespace === undefined ? stringWords(matcher, 'principal') : `of namespace ${namespace}`;
  return {
    dimension: 'principal',
    key: `principal ${JSON.stringify(matcher)}`,
    absent: false,
    texts: matchString(matcher, '') === true ? ANY_TEXT : texts,
    yes: words,
    no: `not ${words}`,
    preferred: principalsLike(matcher, namespace),
  };
}

function principalsLike({ exact, prefix, suffix }: StringMatcher, namespace: string | undefined): readonly string[] {
  if (exact !== undefined) return [exact];
  if (namespace !== undefined) return [`spiffe://cluster.local/ns/${namespace}/sa/default`];
  if (prefix !== undefined) {
    const slash = prefix.endsWith('/') ? '' : '/';
    return [`${prefix}${slash}ns/default/sa/default`, `${prefix}${slash}sa/default`, `${prefix}default`];
  }
  return suffix === undefined ? [] : [`spiffe://cluster.local/ns/default/sa${suffix}`];
}

const byAsker = new WeakMap<object, Map<string, TextLabels>>();

/** That of these names the same takes the client's server name, or none of them. */
export function serverNameCondition(name: string, names: readonly string[], asker: object): ReachCondition {
  const distinct = [...new Set(names.map(asciiLower))];
  const of = labelsFor(distinct, asker);
  const label = name === '' ? 0 : labelOf(of, name);
  const own = distinct[label - 1];
  const listed = listWords(distinct);
  return {
    dimension: 'sni',
    key: `sni ${own ?? JSON.stringify(distinct)}${own?.includes('*') === true ? JSON.stringify(distinct) : ''}`,
    absent: label === 0,
    texts: { of, label, isNot: false },
    yes: own ?? (distinct.length === 1 ? `absent or not ${listed}` : `absent or none of ${listed}`),
    no: own === undefined ? (distinct.length === 1 ? listed : `one of ${listed}`) : `absent or not ${own}`,
    preferred: own === undefined ? [] : own.startsWith('*') ? [`www${own.slice(1)}`, 'example.com'] : [own],
  };
}

/** Of more names than this the first are told, and how many there are. */
const MOST_NAMES = 3;

function listWords(names: readonly string[]): string {
  const told = names.length > MOST_NAMES ? names.slice(0, MOST_NAMES - 1) : names;
  const more = names.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more names`] : [])].join(', ');
}

function labelsFor(names: readonly string[], asker: object): TextLabels {
  const byNames = byAsker.get(asker) ?? new Map<string, TextLabels>();
  byAsker.set(asker, byNames);
  const key = names.join();
  const found = byNames.get(key) ?? labelled(names);
  byNames.set(key, found);
  return found;
}

/** Exact names, then `*.` with a suffix, the longest first, then `*`. */
function labelled(names: readonly string[]): TextLabels {
  const wildcards = names
    .flatMap((name, index) => (name.startsWith('*') ? [{ suffix: name.slice(1), label: index + 1 }] : []))
    .sort((a, b) => b.suffix.length - a.suffix.length)
    .map(({ suffix, label }) => {
      const parts: readonly RegexNode[] = [SOME, { kind: 'literal', text: suffix, anyCase: false }];
      return { label, node: { kind: 'sequence', parts } as const };
    });
  const listed = names.flatMap((name, index) => (name.startsWith('*') ? [] : [[name, index + 1] as const]));
  return { ...firstTaking(wildcards), listed: new Map(listed) };
}

/** The protocols of an offer as it is written here. */
export function offeredBy(text: string): readonly string[] {
  return text === 'none' ? [] : text.split(',');
}

const byOffers = new Map<string, ReachCondition>();

/** That what the client offers has the same answer. */
export function alpnCondition(
  offered: readonly string[],
  answer: (offered: readonly string[]) => string | null,
): ReachCondition {
  const wanted = answer(offered);
  const own = ALPN_OFFERS.filter((text) => answer(offeredBy(text)) === wanted);
  return offersCondition(own);
}

/** That a client offers one of these lists. */
export function offersCondition(own: readonly string[]): ReachCondition {
  const key = own.join(' or ');
  const known = byOffers.get(key);
  if (known !== undefined) return known;
  const [yes, no] = offerWords(own);
  const found = {
    dimension: 'alpn',
    key: `alpn ${key}`,
    absent: false,
    texts: theseTexts(own),
    yes,
    no,
    preferred: own,
  };
  byOffers.set(key, found);
  return found;
}

const isIstio = (offer: string): boolean => offer.startsWith('istio');

/** Istio's own protocols are what sidecars offer each other. */
function offerWords(own: readonly string[]): readonly [yes: string, no: string] {
  const [istio, others] = [ALPN_OFFERS.filter(isIstio), ALPN_OFFERS.filter((offer) => !isIstio(offer))];
  if (own.length === istio.length && own.every(isIstio)) return ["Istio's", "not Istio's"];
  if (own.length === others.length && !own.some(isIstio)) return ["not Istio's", "Istio's"];
  const rest = ALPN_OFFERS.filter((offer) => !own.includes(offer));
  const [fewer, isOpposite] = rest.length > 0 && rest.length < own.length ? [rest, true] : [own, false];
  const [words, not] = [
    fewer.join(' or '),
    fewer.length === 1 ? `not ${fewer.join()}` : `neither ${fewer.join(' nor ')}`,
  ];
  return isOpposite ? [not, words] : [words, not];
}
