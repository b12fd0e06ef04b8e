/**
 * The types of the fields that mctl reads, message by message, as the proto files have them: `name:TYPE`, where TYPE is a
 * scalar or well-known type (`string`, `bool`, `int32`, `uint32`, `int64` for every 64-bit integer, `double`, `duration`,
 * `timestamp`, `any`, `struct`), `object` for a message into which mctl does not look, or the name of a message or
 * enumeration; `[]` behind it makes a list of it, `{}` a map by text. Wrappers are what they wrap, bytes are text.
 *
 * A field that is newly read is added here, and is then of its type wherever it is read: see `decode.ts`. Messages of the same
 * name are one; `Any` finds its message by the last word of its type URL.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/api
 */
import { ADMIN_MESSAGES } from './admin';
import { CLUSTER_MESSAGES } from './cluster';
import { EXTENSION_MESSAGES } from './extension';
import { LISTENER_MESSAGES } from './listener';
import { MATCHER_MESSAGES } from './matcher';
import { ROUTE_MESSAGES } from './route';

export const MESSAGES = {
  ...ADMIN_MESSAGES,
  ...LISTENER_MESSAGES,
  ...ROUTE_MESSAGES,
  ...CLUSTER_MESSAGES,
  ...MATCHER_MESSAGES,
  ...EXTENSION_MESSAGES,
};

export type MessageName = keyof typeof MESSAGES;
