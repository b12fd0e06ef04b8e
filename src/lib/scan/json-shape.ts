/** What a JSON value must be, as data: what checks values reads it, and what looks at their text alone. */

export type JsonShape =
  | { readonly kind: 'anything' }
  | { readonly kind: 'text' }
  | { readonly kind: 'flag' }
  /** A whole number from 0 to this. */
  | { readonly kind: 'whole'; readonly most: number }
  /** Of elements of a shape. */
  | { readonly kind: 'list'; readonly of: JsonShape }
  /** An object of any names to values of a shape; where the names are whole numbers, the largest one. */
  | { readonly kind: 'map'; readonly of: JsonShape; readonly mostNamed: number | null }
  /** An object with these members, each of which may be left out; it may have others. */
  | { readonly kind: 'message'; readonly members: Readonly<Record<string, JsonShape>> }
  /** A text in which this stands, or a value of another shape. */
  | { readonly kind: 'text with'; readonly part: string; readonly like: string; readonly or: JsonShape };

/** A shape that is a message. */
export type MessageShape = Extract<JsonShape, { readonly kind: 'message' }>;
