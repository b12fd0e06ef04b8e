/** JSON and YAML of values that are too large to be held: objects and lists whose members are made when they are come to. */
import { renderJson, renderYaml } from './structured';

/** A list whose elements are made one at a time, or an object that holds such lists. */
export type Streamed = StreamedList | StreamedObject;

/** A list that is printed an element at a time. */
export class StreamedList {
  readonly items: () => Iterable<unknown>;

  constructor(items: () => Iterable<unknown>) {
    this.items = items;
  }
}

/** An object that is printed a field at a time, of which some may be streamed lists. */
export class StreamedObject {
  readonly members: readonly (readonly [string, unknown])[];

  /** @param members values, some of which are streamed; of two with one name the last counts, as in JSON.parse */
  constructor(members: readonly (readonly [string, unknown])[]) {
    this.members = Object.entries(Object.fromEntries(members));
  }
}

/** A piece has this many characters at least. */
const PIECE = 1 << 16;

/** Texts put together to pieces that are worth writing. */
export function* inPieces(texts: Iterable<string>): Iterable<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** As renderJson of the value that is held. */
export function* streamedJson(value: unknown): Iterable<string> {
  yield* inPieces(jsonTexts(value, '\n'));
  yield '\n';
}

/** @param line a line's end with the blanks of the line in which the value ends */
function* jsonTexts(value: unknown, line: string): Iterable<string> {
  const inner = `${line}    `;
  if (value instanceof StreamedList) {
    let isEmpty = true;
    for (const item of value.items()) {
      yield isEmpty ? `[${inner}` : `,${inner}`;
      yield* jsonTexts(item, inner);
      isEmpty = false;
    }
    yield isEmpty ? '[]' : `${line}]`;
  } else if (value instanceof StreamedObject) {
    let isEmpty = true;
    for (const [name, member] of value.members) {
      yield `${isEmpty ? '{' : ','}${inner}${renderJson(name).slice(0, -1)}: `;
      yield* jsonTexts(member, inner);
      isEmpty = false;
    }
    yield isEmpty ? '{}' : `${line}}`;
  } else yield renderJson(value).slice(0, -1).replaceAll('\n', line);
}

/** Elements of a list that are one text of YAML. */
const RUN = 64;

/** As renderYaml of the value that is held. */
export async function* streamedYaml(value: unknown): AsyncIterable<string> {
  for await (const lines of yamlLines(value)) yield `${lines.join('\n')}\n`;
}

/** Some lines at a time, as no text has a line's end in it. */
async function* yamlLines(value: unknown): AsyncIterable<readonly string[]> {
  if (value instanceof StreamedList) yield* yamlList(value);
  else if (value instanceof StreamedObject && value.members.length > 0) {
    const members = [...value.members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [name, member] of members) yield* yamlMember(name, member);
  } else yield await linesOf(value instanceof StreamedObject ? {} : value);
}

async function* yamlList({ items }: StreamedList): AsyncIterable<readonly string[]> {
  let run: unknown[] = [];
  let isEmpty = true;
  for (const item of items()) {
    isEmpty = false;
    if (item instanceof StreamedList || item instanceof StreamedObject) {
      let isFirst = true;
      for await (const lines of yamlLines(item)) {
        yield lines.map((line, index) => (isFirst && index === 0 ? `- ${line}` : `  ${line}`));
        isFirst = false;
      }
    } else run.push(item);
    if (run.length < RUN) continue;
    yield await linesOf(run);
    run = [];
  }
  if (run.length > 0 || isEmpty) yield await linesOf(run);
}

async function* yamlMember(name: string, member: unknown): AsyncIterable<readonly string[]> {
  if (!(member instanceof StreamedList || member instanceof StreamedObject)) {
    yield await linesOf({ [name]: member });
    return;
  }
  let isOpen = false;
  for await (const lines of yamlLines(member)) {
    const [first = ''] = lines;
    const isEmptyValue = lines.length === 1 && (first === '[]' || first === '{}');
    const [head = ''] = await linesOf({ [name]: isEmptyValue ? (first === '[]' ? [] : {}) : [0] });
    if (isEmptyValue && !isOpen) yield [head];
    else yield [...(isOpen ? [] : [head]), ...lines.map((line) => `  ${line}`)];
    isOpen = true;
  }
}

async function linesOf(value: unknown): Promise<readonly string[]> {
  return (await renderYaml(value)).replace(/\n$/, '').split('\n');
}
