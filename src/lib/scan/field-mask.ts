/** Which fields of a message are wanted, and the table that a skipper finds them by. */

/**
 * Fields by their names in the proto files, as google.protobuf.FieldMask has them as paths: a field is wanted whole, or
 * of the message or messages in it these fields. Names have three letters or more.
 * https://protobuf.dev/reference/protobuf/google.protobuf/#field-mask
 */
export interface FieldMask {
  readonly [field: string]: FieldMask | true;
}

/** One name of a mask: where a skipper is at `node`, a member of this name leads it to `next`. */
export interface MaskName {
  readonly node: number;
  readonly name: string;
  /** WHOLE, or the node of the fields that are wanted of its value. */
  readonly next: number;
}

export const ROOT = 1;
export const WHOLE = 0;

/** The names of a mask, each under both spellings that JSON has for it, with the nodes that they lead to. */
export function maskNames(mask: FieldMask): readonly MaskName[] {
  const names: MaskName[] = [];
  // What is wanted in several places is one node.
  const nodes = new Map<string, number>();
  const nodeOf = (fields: FieldMask): number => {
    const key = JSON.stringify(fields);
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const node = ROOT + nodes.size;
    nodes.set(key, node);
    for (const [field, inner] of Object.entries(fields)) {
      if (field.length < 3) throw new Error(`${field} is too short a name for a mask`);
      const next = inner === true ? WHOLE : nodeOf(inner);
      for (const name of new Set([field, jsonName(field)])) names.push({ node, name, next });
    }
    return node;
  };
  nodeOf(mask);
  return names;
}

/** A mask of all that these masks want. */
export function mergeMasks(masks: readonly FieldMask[]): FieldMask {
  return masks.reduce<FieldMask>(merged, {});
}

function merged(a: FieldMask, b: FieldMask): FieldMask {
  const all: Record<string, FieldMask | true> = { ...a };
  for (const [field, inner] of Object.entries(b)) {
    const own = all[field];
    if (own === undefined || inner === true) all[field] = inner;
    else if (own !== true) all[field] = merged(own, inner);
  }
  return all;
}

/** As protobuf names a field in JSON. https://protobuf.dev/programming-guides/json/ */
function jsonName(field: string): string {
  return field.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
