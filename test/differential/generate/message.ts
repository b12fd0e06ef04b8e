/** Envoy's messages as JSON, by their proto field names. */

export type Message = Readonly<Record<string, unknown>>;

/** An extension's typed configuration. */
export function typed(type: string, fields: Message = {}): Message {
  return { '@type': `type.googleapis.com/${type}`, ...fields };
}

export function extension(name: string, type: string, fields: Message = {}): Message {
  return { name, typed_config: typed(type, fields) };
}
