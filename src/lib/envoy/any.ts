/** Envoy's wire values in JSON form: field names as in the proto files, fields absent where they hold the default. */

/** `google.protobuf.Any` in JSON: the message's fields beside its type URL. */
export interface Any {
  readonly '@type'?: string;
  readonly [field: string]: unknown;
}

/** `envoy.config.core.v3.TypedExtensionConfig`: also the shape of every filter and matcher extension. */
export interface TypedExtension {
  readonly name?: string;
  readonly typed_config?: Any;
}

/** The message name of an Any without `type.googleapis.com/`; a TypedStruct's inner type URL is looked through. */
export function messageTypeOf(any: Any | undefined): string {
  const type = any?.['@type'] ?? '';
  const name = type.slice(type.lastIndexOf('/') + 1);
  if (name !== 'udpa.type.v1.TypedStruct' && name !== 'xds.type.v3.TypedStruct') return name;
  const inner = any?.['type_url'];
  return typeof inner === 'string' ? inner.slice(inner.lastIndexOf('/') + 1) : name;
}

/**
 * The message in an `Any`; that of a TypedStruct, or where the type was not read, is its `value` where that is a message. An empty one
 * where there is none.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the message by its type URL
export function messageOf<T extends object>(any: Any | undefined): T {
  const value = any?.['value'];
  const isWrapped = any?.['@type']?.endsWith('.TypedStruct') ?? true;
  return (isWrapped && typeof value === 'object' && value !== null ? value : (any ?? {})) as T;
}

/** `google.protobuf.Duration` in JSON (`1.5s`) as milliseconds; null where absent or malformed. */
export function durationMs(text: string | undefined): number | null {
  const match = text === undefined ? null : /^(-?\d{1,15}(?:\.\d{1,9})?)s$/.exec(text);
  return match === null ? null : Number(match[1]) * 1000;
}

/** `envoy.config.core.v3.Metadata`. */
export interface Metadata {
  readonly filter_metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly typed_filter_metadata?: Readonly<Record<string, Any>>;
}
