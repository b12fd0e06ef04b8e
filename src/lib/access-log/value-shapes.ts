/**
 * What Envoy writes for the operators of a format, where it can write nothing else.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators
 */
import type { LineValues } from './format';

/** Where a line has something else in their place, it is of another format. */
const SURE: ReadonlyMap<string, RegExp> = new Map([
  ['RESPONSE_CODE', /^\d{1,3}$/],
  ['REQ(:method)', /^[^\s"/]+$/],
  ['PROTOCOL', /^HTTP\/[\d.]+$/],
  ['BYTES_SENT', /^\d+$/],
  ['BYTES_RECEIVED', /^\d+$/],
  ['DURATION', /^\d+$/],
]);

/** An address with its port, an internal listener, a pipe. */
const ADDRESS = /^(?:\[[^\]\s]+\]:\d{1,5}|[\w.-]+:\d{1,5}|(?:envoy:\/\/|[/@])[^\s"]*)$/;
/** https://www.rfc-editor.org/rfc/rfc3986#section-3.2: Envoy refuses an authority with other characters. */
const AUTHORITY = /^[\w\-.~!$&'()*+,;=:@[\]%]*$/;
const PATH = /^\S*$/;

/** What values have in common that Envoy writes, whatever the client sends: by it places are told where a line can be cut. */
const USUAL: ReadonlyMap<string, RegExp> = new Map([
  ...SURE,
  ['RESPONSE_FLAGS', /^[A-Z]*(?:,[A-Z]+)*$/],
  ['RESPONSE_FLAGS_LONG', /^[A-Za-z0-9]*(?:,[A-Za-z0-9]+)*$/],
  ['RESPONSE_CODE_DETAILS', /^[^\s"]*$/],
  ['REQ(:authority)', AUTHORITY],
  ['REQ(host)', AUTHORITY],
  ['REQ(:path)', PATH],
  ['REQ(x-envoy-original-path?:path)', PATH],
  ['UPSTREAM_HOST', ADDRESS],
  ['UPSTREAM_LOCAL_ADDRESS', ADDRESS],
  ['DOWNSTREAM_LOCAL_ADDRESS', ADDRESS],
  ['DOWNSTREAM_REMOTE_ADDRESS', ADDRESS],
  ['DOWNSTREAM_DIRECT_REMOTE_ADDRESS', ADDRESS],
  ['REQUESTED_SERVER_NAME', /^[^\s"|/]*$/],
  ['RESP(x-envoy-upstream-service-time)', /^\d+$/],
]);

/** Whether a line with these values can be of the format at all. */
export function isPlausible(values: LineValues): boolean {
  return [...SURE].every(([operator, shape]) => fits(shape, values.get(operator) ?? null));
}

/** Whether each value is one that Envoy usually writes. */
export function isUsual(values: LineValues): boolean {
  return [...USUAL].every(([operator, shape]) => fits(shape, values.get(operator) ?? null));
}

/** Whether the value is one that Envoy usually writes for the operator. */
export function isUsualFor(operator: string, value: string | null): boolean {
  const shape = USUAL.get(operator);
  return shape === undefined || fits(shape, value);
}

function fits(shape: RegExp, value: string | null): boolean {
  return value === null || value === '' || shape.test(value);
}
