/**
 * Envoy's unified matcher (`xds.type.matcher.v3.Matcher`): used for filter chains, routes and RBAC.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/matching/matching_api
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../envoy/any';
import type { CidrRange } from '../envoy/address';
import type { StringMatcher } from '../envoy/route';
import { shownValue } from '../secrets/redact';
import { inRange, mayBeInRange, parseIp, prefixLength } from './cidr';
import { otherKind } from './other-kind';
import { matchString } from './string-matcher';
import { every, isUnknown, not, some, type Ternary, type Unknown, unknown } from './ternary';
import { watcher } from './watch';

/** An input's value: text, null where the request has none, unknown where the configuration cannot tell. */
export type InputValue = string | null | Unknown;
export type InputOf = (input: TypedExtension) => InputValue;
/** Whether a matcher extension holds that looks at no input's text; null for one that does. */
export type ExtensionHolds = (custom: TypedExtension, input: TypedExtension) => Ternary | null;

/** What the caller knows of what is matched. */
interface Asked {
  readonly inputOf: InputOf;
  readonly extensionHolds: ExtensionHolds;
}

export interface MatcherResult {
  /** The action's extension; null where nothing matched. */
  readonly action: TypedExtension | null;
  /** The way through the tree, in words. */
  readonly path: readonly string[];
  /** The unknown input that decides; null where all was known. */
  readonly unknown: string | null;
}

export interface OnMatch {
  readonly action?: TypedExtension;
  readonly matcher?: Matcher;
  readonly keep_matching?: boolean;
}

interface Predicate {
  readonly single_predicate?: {
    readonly input?: TypedExtension;
    readonly value_match?: StringMatcher;
    readonly custom_match?: TypedExtension;
  };
  readonly or_matcher?: { readonly predicate?: readonly Predicate[] };
  readonly and_matcher?: { readonly predicate?: readonly Predicate[] };
  readonly not_matcher?: Predicate;
}

interface MatchMap {
  readonly map?: Readonly<Record<string, OnMatch>>;
}

export interface Matcher {
  readonly matcher_list?: {
    readonly matchers?: readonly { readonly predicate?: Predicate; readonly on_match?: OnMatch }[];
  };
  readonly matcher_tree?: {
    readonly input?: TypedExtension;
    readonly exact_match_map?: MatchMap;
    readonly prefix_match_map?: MatchMap;
    readonly custom_match?: TypedExtension;
  };
  readonly on_no_match?: OnMatch;
}

const NONE: MatcherResult = { action: null, path: [], unknown: null };
const DEEPEST = 64;

/** Evaluates a matcher; the inputs' values come from the caller, who knows what is matched. */
export function evaluateMatcher(
  matcher: Matcher,
  inputOf: InputOf,
  extensionHolds: ExtensionHolds = () => null,
): MatcherResult {
  return evaluate(matcher, { inputOf, extensionHolds }, [], 0);
}

function evaluate(matcher: Matcher, asked: Asked, path: readonly string[], depth: number): MatcherResult {
  if (depth > DEEPEST) return { action: null, path, unknown: 'a matcher nested too deeply' };
  const other = matcher.matcher_list ?? matcher.matcher_tree ?? otherKind(matcher, 'a matcher', ['on_no_match']);
  if (isUnknown(other)) return { action: null, path, unknown: other.unknown };
  const found =
    matcher.matcher_list === undefined
      ? matchTree(matcher, asked, path, depth)
      : matchList(matcher, asked, path, depth);
  if (found.action !== null || found.unknown !== null) return found;
  return follow(matcher.on_no_match, asked, [...path, 'no match'], depth);
}

/** Takes an action, or goes on in a nested matcher. */
function follow(onMatch: OnMatch | undefined, asked: Asked, path: readonly string[], depth: number): MatcherResult {
  if (onMatch?.matcher !== undefined) return evaluate(onMatch.matcher, asked, path, depth + 1);
  if (onMatch?.action !== undefined) return { action: onMatch.action, path, unknown: null };
  const other = otherKind(onMatch ?? {}, 'an on_match', ['keep_matching']);
  return other === null ? NONE : { action: null, path, unknown: other.unknown };
}

function matchList(matcher: Matcher, asked: Asked, path: readonly string[], depth: number): MatcherResult {
  for (const [index, field] of (matcher.matcher_list?.matchers ?? []).entries()) {
    const holds = holdsPredicate(field.predicate ?? {}, asked, 0);
    if (isUnknown(holds)) return { action: null, path, unknown: holds.unknown };
    if (!holds) continue;
    const result = follow(field.on_match, asked, [...path, `matcher ${index}`], depth);
    if (result.unknown !== null) return result;
    if (result.action !== null && field.on_match?.keep_matching !== true) return result;
  }
  return NONE;
}

function holdsPredicate(predicate: Predicate, asked: Asked, depth: number): Ternary {
  if (depth > DEEPEST) return unknown('a predicate nested too deeply');
  const inner = (one: Predicate): Ternary => holdsPredicate(one, asked, depth + 1);
  if (predicate.or_matcher !== undefined) return some(predicate.or_matcher.predicate ?? [], inner);
  if (predicate.and_matcher !== undefined) return every(predicate.and_matcher.predicate ?? [], inner);
  if (predicate.not_matcher !== undefined) return not(inner(predicate.not_matcher));
  const single = predicate.single_predicate;
  return single === undefined ? unknown(ODD_PREDICATE) : holdsSingle(single, asked);
}

const ODD_PREDICATE = 'a predicate of a kind that mctl does not know';

function holdsSingle(single: NonNullable<Predicate['single_predicate']>, asked: Asked): Ternary {
  const { input = {}, custom_match: custom, value_match: wanted } = single;
  if (custom !== undefined) return asked.extensionHolds(custom, input) ?? holdsCustom(custom, asked.inputOf(input));
  if (wanted !== undefined && isMetadata(input)) return false;
  const value = asked.inputOf(input);
  if (isUnknown(value)) return wanted === undefined ? value : matchString(wanted, value);
  if (wanted === undefined) return unknown(ODD_PREDICATE);
  return value !== null && matchString(wanted, value);
}

/**
 * Dynamic metadata is no text to Envoy, so that no `value_match` holds for it: `input_matchers.metadata` is what compares it.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/matching/matching_api
 */
export function isMetadata(input: TypedExtension | undefined): boolean {
  return messageTypeOf(input?.typed_config).endsWith('.DynamicMetadataInput');
}

function holdsCustom(custom: TypedExtension, value: InputValue): Ternary {
  const type = messageTypeOf(custom.typed_config);
  const ranges = messageOf<{ cidr_ranges?: readonly CidrRange[] }>(custom.typed_config).cidr_ranges;
  if (type.endsWith('.IPMatcher') || type.endsWith('.Ip')) {
    return value !== null && some(ranges ?? [], (range) => mayBeInRange(value, range));
  }
  return unknown(`the matcher extension ${custom.name ?? type}`);
}

function matchTree(matcher: Matcher, asked: Asked, path: readonly string[], depth: number): MatcherResult {
  const tree = matcher.matcher_tree;
  if (tree === undefined) return NONE;
  const other = otherKind(tree, 'a matcher tree', ['input', 'exact_match_map', 'prefix_match_map', 'custom_match']);
  if (other !== null) return { action: null, path, unknown: other.unknown };
  const input = tree.input ?? {};
  const value = asked.inputOf(input);
  if (isUnknown(value)) return takesNone(tree, value) ? NONE : { action: null, path, unknown: value.unknown };
  if (value === null) return NONE;
  const name = inputName(input);
  const header = headerOf(input);
  for (const { key, onMatch, how } of candidates(tree, value)) {
    const result = follow(onMatch, asked, [...path, `${name} ${how} ${shownValue(header, key)}`], depth);
    if (result.action !== null || result.unknown !== null) return result;
  }
  return tree.custom_match === undefined || isKnownTree(tree.custom_match)
    ? NONE
    : { action: null, path, unknown: `the matcher extension ${tree.custom_match.name ?? ''}` };
}

/** Whether no entry of a tree takes a value that is not known, whatever it is. */
function takesNone(tree: NonNullable<Matcher['matcher_tree']>, value: Unknown): boolean {
  if (tree.custom_match !== undefined) return false;
  const exact = Object.keys(tree.exact_match_map?.map ?? {}).map((key) => ({ exact: key }));
  const prefixes = Object.keys(tree.prefix_match_map?.map ?? {}).map((key) => ({ prefix: key }));
  // Envoy takes no tree without an entry.
  const all = [...exact, ...prefixes];
  return all.length > 0 && all.every((one) => matchString(one, value) === false);
}

interface Candidate {
  readonly key: string;
  readonly how: string;
  readonly onMatch: OnMatch | undefined;
}

/** Tells who watches which texts the value is compared with. */
function tellKeys(tree: NonNullable<Matcher['matcher_tree']>, value: string): void {
  const asked = watcher();
  if (asked === null) return;
  for (const exact of Object.keys(tree.exact_match_map?.map ?? {})) asked.text({ exact }, value);
  for (const prefix of Object.keys(tree.prefix_match_map?.map ?? {})) asked.text({ prefix }, value);
  if (inputName(tree.input ?? {}) !== 'DestinationPortInput') return;
  for (const port of Object.keys(tree.exact_match_map?.map ?? {}).map(Number))
    asked.port(Number(value), port, port + 1);
}

/** Entries of a tree that take the value, the most specific first. */
function candidates(tree: NonNullable<Matcher['matcher_tree']>, value: string): readonly Candidate[] {
  const exact = tree.exact_match_map?.map;
  tellKeys(tree, value);
  if (exact !== undefined) return Object.hasOwn(exact, value) ? [{ key: value, how: 'is', onMatch: exact[value] }] : [];
  const prefixes = tree.prefix_match_map?.map;
  if (prefixes !== undefined) {
    return Object.entries(prefixes)
      .filter(([key]) => value.startsWith(key))
      .sort(([a], [b]) => b.length - a.length)
      .map(([key, onMatch]) => ({ key, how: 'starts with', onMatch }));
  }
  return tree.custom_match === undefined ? [] : customCandidates(tree.custom_match, value);
}

function isKnownTree(custom: TypedExtension): boolean {
  return /\.(?:IPMatcher|ServerNameMatcher|DomainMatcher)$/.test(messageTypeOf(custom.typed_config));
}

interface IpMatcher {
  readonly range_matchers?: readonly {
    readonly ranges?: readonly CidrRange[];
    readonly on_match?: OnMatch;
    readonly exclusive?: boolean;
  }[];
}

interface DomainMatcher {
  readonly domain_matchers?: readonly { readonly domains?: readonly string[]; readonly on_match?: OnMatch }[];
}

function customCandidates(custom: TypedExtension, value: string): readonly Candidate[] {
  const type = messageTypeOf(custom.typed_config);
  if (type.endsWith('.IPMatcher')) return ipCandidates(messageOf<IpMatcher>(custom.typed_config), value);
  if (type.endsWith('.ServerNameMatcher') || type.endsWith('.DomainMatcher')) {
    return domainCandidates(messageOf<DomainMatcher>(custom.typed_config), value);
  }
  return [];
}

/**
 * The trie of IP ranges: the longest prefix first, of the same length the first that is declared. An exclusive range is only tried where
 * no longer one holds the address; it stands in the way of no other, and is passed over, though what the longer one asks may fail.
 * https://github.com/cncf/xds/blob/main/xds/type/matcher/v3/ip.proto
 */
function ipCandidates(matcher: IpMatcher, value: string): readonly Candidate[] {
  if (parseIp(value) === null) return [];
  const found = (matcher.range_matchers ?? []).flatMap((one) =>
    (one.ranges ?? [])
      .filter((range) => inRange(value, range))
      .map((range) => ({ range, exclusive: one.exclusive === true, onMatch: one.on_match })),
  );
  found.sort((a, b) => prefixLength(b.range) - prefixLength(a.range));
  return found
    .filter(({ exclusive }, index) => index === 0 || !exclusive)
    .map(({ range, onMatch }) => ({
      key: `${range.address_prefix ?? ''}/${range.prefix_len ?? 0}`,
      how: 'in',
      onMatch,
    }));
}

/**
 * Exact name, then `*.` suffixes from the longest, then `*`. Letters count as they are, and an empty text is in no domain.
 * https://github.com/cncf/xds/blob/main/xds/type/matcher/v3/domain.proto
 */
function domainCandidates(matcher: DomainMatcher, value: string): readonly Candidate[] {
  watcher()?.serverName(
    value,
    (matcher.domain_matchers ?? []).flatMap(({ domains = [] }) => domains),
    matcher,
  );
  if (value === '') return [];
  const labels = value.split('.');
  const names = [value, ...labels.slice(1).map((_label, index) => `*.${labels.slice(index + 1).join('.')}`), '*'];
  return names.flatMap((name) =>
    (matcher.domain_matchers ?? [])
      .filter((one) => one.domains?.includes(name) === true)
      .map((one) => ({ key: name, how: 'is', onMatch: one.on_match })),
  );
}

/** The header or the query parameter that an input reads; empty for any other. */
function headerOf(input: TypedExtension): string {
  const config = messageOf<{ header_name?: string; query_param?: string }>(input.typed_config);
  return config.header_name ?? config.query_param ?? '';
}

/** An input by the last word of its message: `DestinationPortInput`. */
function inputName(input: TypedExtension): string {
  const type = messageTypeOf(input.typed_config);
  return type === '' ? (input.name ?? 'input') : type.slice(type.lastIndexOf('.') + 1);
}
