/**
 * `envoy.extensions.filters.http.header_to_metadata.v3.Config`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_to_metadata_filter
 */
import { messageOf } from '../../../envoy/any';
import { joinedHeader, type HttpMessage, withoutHeaders } from '../../../http/message';
import { isUnknown } from '../../../match/ternary';
import { type FilterResult, type FilterRun, goesOn, writesUnknown } from './handler';

interface Target {
  readonly metadata_namespace?: string;
  readonly key?: string;
  readonly value?: string;
  readonly type?: string;
  readonly [field: string]: unknown;
}

interface Rule {
  readonly header?: string;
  readonly on_header_present?: Target;
  readonly on_header_missing?: Target;
  readonly remove?: boolean;
}

const OWN_NAMESPACE = 'envoy.filters.http.header_to_metadata';
/** Of a target that has others, what is written is not worked out. */
const PLAIN = new Set(['metadata_namespace', 'key', 'value', 'type']);

/** Writes the texts of headers; of a cookie, of numbers and of what is encoded or rewritten, what is written is unknown. */
export function runHeaderToMetadata(run: FilterRun): FilterResult {
  const config = run.perRoute.configs[0]?.config ?? run.config;
  const rules = messageOf<{ readonly request_rules?: readonly Rule[] }>(config).request_rules ?? [];
  const message = rules.reduce((left, rule) => applied(run, left, rule), run.message);
  return { ...goesOn(run, { kind: 'writes-metadata' }), message };
}

/** The request as the rule leaves it. */
function applied(run: FilterRun, message: HttpMessage, rule: Rule): HttpMessage {
  const { header = '', on_header_present: present, on_header_missing: missing } = rule;
  const value = header === '' ? undefined : joinedHeader(message, header);
  if (value === undefined || isUnknown(value)) open(run, [present, missing]);
  else if (value === null) write(run, missing, '');
  else write(run, present, value);
  return value !== null && rule.remove === true && header !== ''
    ? withoutHeaders(message, [header.toLowerCase()])
    : message;
}

/** An empty text is not written. */
function write(run: FilterRun, target: Target | undefined, came: string): void {
  if (target === undefined) return;
  const isPlain = Object.keys(target).every((field) => PLAIN.has(field)) && (target.type ?? 'STRING') === 'STRING';
  if (!isPlain) {
    open(run, [target]);
    return;
  }
  const text = (target.value ?? '') === '' ? came : (target.value ?? '');
  if (text !== '') run.input.state.setMetadata(namespaceOf(target), { [target.key ?? '']: text });
}

function open(run: FilterRun, targets: readonly (Target | undefined)[]): void {
  for (const target of targets) {
    if (target !== undefined) writesUnknown(run, namespaceOf(target));
  }
}

function namespaceOf({ metadata_namespace: namespace = '' }: Target): string {
  return namespace === '' ? OWN_NAMESPACE : namespace;
}
