/**
 * `envoy.extensions.filters.http.header_to_metadata.v3.Config`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_to_metadata_filter
 */
import { messageOf } from '../../../envoy/any';
import { base64Bytes } from '../../../http/base64';
import { cookieValue } from '../../../http/cookies';
import { type HeaderValue, headerValues, joinedHeader, type HttpMessage, withoutHeaders } from '../../../http/message';
import { replaceAll } from '../../../match/regex';
import { isUnknown } from '../../../match/ternary';
import { type FilterResult, type FilterRun, goesOn, writesUnknown } from './handler';

interface Target {
  readonly metadata_namespace?: string;
  readonly key?: string;
  readonly value?: string;
  readonly regex_value_rewrite?: { readonly pattern?: { readonly regex?: string }; readonly substitution?: string };
  readonly type?: string;
  readonly encode?: string;
}

interface Rule {
  readonly header?: string;
  readonly cookie?: string;
  readonly on_header_present?: Target;
  readonly on_header_missing?: Target;
  readonly remove?: boolean;
}

const OWN_NAMESPACE = 'envoy.filters.http.header_to_metadata';
/** A text of as many bytes is not written. */
const TOO_LONG = 8192;

/**
 * Writes what headers and cookies hold, as text or number, decoded and rewritten. A value that is not of its type is not written; what a
 * serialized message holds is unknown. Of a cookie an empty value is as good as none.
 */
export function runHeaderToMetadata(run: FilterRun): FilterResult {
  const config = run.perRoute.configs[0]?.config ?? run.config;
  const rules = messageOf<{ readonly request_rules?: readonly Rule[] }>(config).request_rules ?? [];
  const message = rules.reduce((left, rule) => applied(run, left, rule), run.message);
  return { ...goesOn(run, { kind: 'writes-metadata' }), message };
}

/** The request as the rule leaves it. */
function applied(run: FilterRun, message: HttpMessage, rule: Rule): HttpMessage {
  const { header = '', on_header_present: present, on_header_missing: missing } = rule;
  const value = valueOf(message, rule);
  if (isUnknown(value))
    [present, missing].forEach((target) => {
      open(run, target);
    });
  else if (value === null) write(run, missing, '');
  else write(run, present, value);
  return value !== null && rule.remove === true && header !== ''
    ? withoutHeaders(message, [header.toLowerCase()])
    : message;
}

function valueOf(message: HttpMessage, { header = '', cookie = '' }: Rule): HeaderValue | null {
  if (header !== '') return joinedHeader(message, header);
  const value = cookieValue(headerValues(message, 'cookie'), cookie);
  return value === '' ? null : value;
}

/** An empty text is not written. */
function write(run: FilterRun, target: Target | undefined, came: string): void {
  if (target === undefined) return;
  const text = (target.value ?? '') === '' ? rewritten(target, came) : (target.value ?? '');
  if (text === '' || Buffer.byteLength(text) >= TOO_LONG) return;
  const value = typedValue(target, text);
  if (value === undefined) open(run, target);
  else if (value !== null) run.input.state.setMetadata(namespaceOf(target), { [target.key ?? '']: value });
}

function rewritten({ regex_value_rewrite: rewrite }: Target, text: string): string {
  const regex = rewrite?.pattern?.regex;
  return regex === undefined ? text : replaceAll(regex, text, rewrite?.substitution ?? '');
}

/** Null for what is not of the type; undefined for what is not worked out. */
function typedValue({ type = 'STRING', encode = 'NONE' }: Target, text: string): string | number | null | undefined {
  if (encode !== 'NONE' && encode !== 'BASE64') return undefined;
  const bytes = encode === 'BASE64' ? base64Bytes(text) : Buffer.from(text);
  if (bytes === null || bytes.length === 0) return null;
  const plain = bytes.toString('utf8');
  if (type === 'NUMBER') return numberOf(plain.trim());
  // What is no UTF-8 cannot be a text of a message.
  return type === 'STRING' && Buffer.from(plain).equals(bytes) ? plain : undefined;
}

const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0x[\da-f]+)$/i;

/** Infinity and what is no number by name are numbers of which no matcher is worked out. */
function numberOf(text: string): number | null | undefined {
  if (/^[+-]?(?:inf(?:inity)?|nan)$/i.test(text)) return undefined;
  if (!NUMBER.test(text)) return null;
  const sign = text.startsWith('-') ? -1 : 1;
  const number = sign * Number(text.replace(/^[+-]/, ''));
  return Number.isFinite(number) ? number : undefined;
}

function open(run: FilterRun, target: Target | undefined): void {
  if (target !== undefined) writesUnknown(run, namespaceOf(target));
}

function namespaceOf({ metadata_namespace: namespace = '' }: Target): string {
  return namespace === '' ? OWN_NAMESPACE : namespace;
}
