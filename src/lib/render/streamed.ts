/** JSON and YAML of values that are too large to be held: objects and lists whose members are made when they are come to. */
import { lineOfJson, printedJson } from './printed-json';
import { renderYaml } from './structured';

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

/** A value with more objects and lists in it than this is opened: one virtual host can have 100,000 routes. */
const MOST = 1000;

/** A key that may need more than one line in YAML, if every character of it is escaped, is this long. */
const LONG_KEY = 128;

/** A large value as one whose members are printed one at a time; any other as it is. */
function opened(value: unknown): unknown {
  if (!isLarge(value)) return value;
  if (Array.isArray(value)) return new StreamedList(() => value as readonly unknown[]);
  const members = Object.entries(value).filter(([, member]) => member !== undefined && typeof member !== 'function');
  return members.some(([name]) => name.length > LONG_KEY) ? value : new StreamedObject(members);
}

/** Whether it is an object or a list of JSON, and a large one. */
function isLarge(value: unknown): value is object {
  if (!isPlain(value)) return false;
  const open: object[] = [value];
  for (let count = 0; count < MOST; count += 1) {
    const next = open.pop();
    if (next === undefined) return false;
    for (const member of Object.values(next) as readonly unknown[]) {
      if (isPlain(member)) open.push(member);
      if (open.length > MOST) return true;
    }
  }
  return open.length > 0;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof StreamedList || value instanceof StreamedObject) return false;
  return typeof (value as { readonly toJSON?: unknown }).toJSON !== 'function';
}

/** @param line a line's end with the blanks of the line in which the value ends */
function* jsonTexts(held: unknown, line: string): Iterable<string> {
  const inner = `${line}    `;
  const value = opened(held);
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
      yield `${isEmpty ? '{' : ','}${inner}${lineOfJson(name)}: `;
      yield* jsonTexts(member, inner);
      isEmpty = false;
    }
    yield isEmpty ? '{}' : `${line}}`;
  } else yield printedJson(value ?? null, line);
}

/** Elements of a list that are one text of YAML. */
const RUN = 64;

/** As renderYaml of the value that is held. */
export async function* streamedYaml(value: unknown): AsyncIterable<string> {
  for await (const lines of yamlLines(value)) yield `${lines.join('\n')}\n`;
}

/** Some lines at a time, as no text has a line's end in it. */
async function* yamlLines(held: unknown): AsyncIterable<readonly string[]> {
  const value = opened(held);
  if (value instanceof StreamedList) yield* yamlList(value);
  else if (value instanceof StreamedObject && value.members.length > 0) {
    const members = [...value.members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [name, member] of members) yield* yamlMember(name, member);
  } else yield await linesOf(value instanceof StreamedObject ? {} : value);
}

async function* yamlList({ items }: StreamedList): AsyncIterable<readonly string[]> {
  let run: unknown[] = [];
  let isEmpty = true;
  for (const held of items()) {
    isEmpty = false;
    const item = opened(held);
    if (item instanceof StreamedList || item instanceof StreamedObject) {
      if (run.length > 0) yield await linesOf(run);
      run = [];
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

async function* yamlMember(name: string, held: unknown): AsyncIterable<readonly string[]> {
  const member = opened(held);
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
