/**
 * `envoy.type.matcher.v3.MetadataMatcher` and `ValueMatcher`.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/metadata.proto
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/value.proto
 */
import type { MetadataMatcher, ValueMatcher } from '../envoy/rbac';
import { secretsAreShown, REDACTED } from '../secrets/disclosure';
import { redacted } from '../secrets/redact';
import { otherKind } from './other-kind';
import { describeStringMatcher, matchString } from './string-matcher';
import { isUnknown, not, some, type Ternary, unknown } from './ternary';
import { watcher } from './watch';

/** A namespace of metadata: what is known of it, and on what the rest of it depends (null where all is known). */
export interface MetadataFields {
  readonly fields: Readonly<Record<string, unknown>> | null;
  readonly unknown: string | null;
}

/** Whether the value under the path matches. Where nothing is there only an inverted matcher holds. */
export function matchMetadata(matcher: MetadataMatcher, metadata: MetadataFields): Ternary {
  const value = metadataValue(matcher, metadata.fields);
  if (TOKEN_NAMESPACES.has(matcher.filter ?? '')) watcher()?.token({ kind: 'metadata', matcher, value });
  const holds: Ternary =
    value === undefined && metadata.unknown !== null
      ? unknown(metadata.unknown)
      : matchMetadataValue(matcher.value ?? {}, value);
  return matcher.invert === true ? not(holds) : holds;
}

/** The value under a matcher's path; undefined where there is none. */
export function metadataValue(matcher: MetadataMatcher, fields: MetadataFields['fields']): unknown {
  let value: unknown = fields ?? undefined;
  for (const { key } of matcher.path ?? []) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, key ?? '')) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key ?? ''];
  }
  return value;
}

/** @param value undefined where there is none */
export function matchMetadataValue(matcher: ValueMatcher, value: unknown): Ternary {
  if (matcher.null_match !== undefined) return value === null;
  if (matcher.present_match !== undefined) return matcher.present_match && value !== undefined;
  if (matcher.bool_match !== undefined) return value === matcher.bool_match;
  if (matcher.string_match !== undefined) return typeof value === 'string' && matchString(matcher.string_match, value);
  if (matcher.double_match !== undefined) return matchDouble(matcher.double_match, value);
  if (matcher.list_match !== undefined) {
    const { one_of: oneOf } = matcher.list_match;
    return Array.isArray(value) && oneOf !== undefined && some(value, (item) => matchMetadataValue(oneOf, item));
  }
  if (matcher.or_match !== undefined) {
    return some(matcher.or_match.value_matchers ?? [], (one) => matchMetadataValue(one, value));
  }
  return otherKind(matcher, 'a value matcher', []) ?? false;
}

function matchDouble(matcher: NonNullable<ValueMatcher['double_match']>, value: unknown): boolean {
  if (typeof value !== 'number') return false;
  if (matcher.range !== undefined) return value >= (matcher.range.start ?? 0) && value < (matcher.range.end ?? 0);
  return value === (matcher.exact ?? 0);
}

/** What the matcher wants, in words. */
export function describeMetadataMatcher(matcher: MetadataMatcher): string {
  const path = pathOf(matcher);
  const wanted = describeValueMatcher(matcher.value ?? {}, path);
  return `metadata ${matcher.filter ?? ''} ${path}: ${matcher.invert === true ? 'not ' : ''}${wanted}`;
}

/** Dots between the keys: the last of them says what the value is. */
function pathOf(matcher: MetadataMatcher): string {
  return (matcher.path ?? []).map(({ key }) => key ?? '').join('.');
}

function describeValueMatcher(matcher: ValueMatcher, path: string): string {
  if (matcher.null_match !== undefined) return 'null';
  if (matcher.present_match !== undefined) return 'present';
  if (matcher.bool_match !== undefined) return String(matcher.bool_match);
  if (matcher.string_match !== undefined) return describeStringMatcher(matcher.string_match, path);
  if (matcher.double_match !== undefined) return `the number ${JSON.stringify(matcher.double_match)}`;
  if (matcher.list_match !== undefined)
    return `a list with ${describeValueMatcher(matcher.list_match.one_of ?? {}, path)}`;
  const alternatives = matcher.or_match?.value_matchers ?? [];
  return alternatives.map((one) => describeValueMatcher(one, path)).join(' or ');
}

/** Where filters leave what a request's token says. */
const TOKEN_NAMESPACES = new Set(['envoy.filters.http.jwt_authn', 'istio_authn']);

/** What came, in words; what comes from a token is not told. */
export function describeMetadataValue(matcher: MetadataMatcher, metadata: MetadataFields, result: Ternary): string {
  if (isUnknown(result)) return `it depends on ${result.unknown}`;
  const value = metadataValue(matcher, metadata.fields);
  if (value === undefined) return 'it is not there';
  // What a token says is the caller's own.
  const isToken = TOKEN_NAMESPACES.has(matcher.filter ?? '') && !secretsAreShown();
  return `it is ${JSON.stringify(isToken ? REDACTED : redacted({ [pathOf(matcher)]: value })[pathOf(matcher)])}`;
}
