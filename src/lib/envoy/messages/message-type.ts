/** The type of a message, from the text that its fields are written in: see `index.ts`. */

/** Words of a text that has them apart by blanks and line breaks. */
type Words<Text extends string> = Text extends `${infer Line}\n${infer Rest}`
  ? Words<Line> | Words<Rest>
  : Text extends `${infer Word} ${infer Rest}`
    ? Words<Word> | Words<Rest>
    : Text extends ''
      ? never
      : Text;

/** What a type of the table is in TypeScript; messages that `Named` does not have are objects that nobody looks into. */
type TypeOf<Type extends string, Named> = Type extends `${infer Item}[]`
  ? readonly TypeOf<Item, Named>[]
  : Type extends keyof Named
    ? Named[Type]
    : Type extends 'string' | 'duration' | 'timestamp'
      ? string
      : Type extends 'bool'
        ? boolean
        : Type extends 'int32' | 'uint32' | 'double'
          ? number
          : object;

/** A message with the fields of its text, each of which may be left out. @param Named the types of messages in it */
export type MessageOf<Text extends string, Named> = {
  readonly [
    Field in Words<Text> as Field extends `${infer Name}:${string}` ? Name : never
  ]?: Field extends `${string}:${infer Type}` ? TypeOf<Type, Named> : never;
};
