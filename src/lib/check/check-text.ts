/** A check file's text: its value, and where its checks stand in it. JSON is read as such; lines are found when asked for. */
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { InputError } from '../errors';
import { hasExactNumber, isExact } from '../exact-number';
import { isInputAllowed, MOST_ALIASES, tooLarge } from '../limits';
import { repeatedKey } from '../repeated-key';
import { lineOf } from './mistakes';

/** A text as YAML has it, for the places of mistakes. */
export interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
}

export interface CheckText {
  readonly value: unknown;
  parsed(): Parsed;
  /** The line where the check of this index begins. */
  lineOfCheck(index: number): number;
}

/** Reads a text as JSON or YAML. Throws InputError where it is neither. */
export function readCheckText(label: string, text: string): CheckText {
  return jsonText(label, text) ?? yamlText(label, text);
}

function yamlText(label: string, text: string): CheckText {
  const parsed = parse(label, text);
  return {
    value: valueOf(label, parsed.document),
    parsed: () => parsed,
    lineOfCheck: (index) => lineOf(parsed.document, parsed.lines, ['checks', index]),
  };
}

/** Throws InputError where aliases repeat parts of the file more often than they may. */
function valueOf(label: string, document: Document): unknown {
  // A number that a double cannot hold is its digits: it is compared as a text.
  visit(document, (_key, node) => {
    if (!isScalar(node) || typeof node.value !== 'number' || node.source === undefined) return;
    if (isExact(node.source)) node.value = node.source;
  });
  try {
    const value: unknown = document.toJS({ maxAliasCount: isInputAllowed() ? -1 : MOST_ALIASES });
    if (holdsItself(value)) throw new InputError(`${label} has a list or a map that holds itself, by an alias`);
    return value;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw /excessive/i.test(error.message)
      ? tooLarge(`${label} repeats parts of itself too often, by aliases`, String(MOST_ALIASES))
      : new InputError(`${label}: ${error.message}`, { cause: error });
  }
}

/** Whether an object is inside of itself. Each is walked once, however often aliases repeat it. */
function holdsItself(value: unknown, around = new Set<unknown>(), walked = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || walked.has(value)) return false;
  if (around.has(value)) return true;
  around.add(value);
  const found = Object.values(value).some((inner) => holdsItself(inner, around, walked));
  around.delete(value);
  walked.add(value);
  return found;
}

/**
 * JSON is read many times faster than YAML, which every JSON text is, too. Null where the text is no JSON, or has a name
 * twice in one object: YAML says where. Null, too, where it has a number that a double cannot hold.
 */
function jsonText(label: string, text: string): CheckText | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (hasExactNumber(text)) return null;
  const outline = outlineOf(text);
  if (outline.repeatsName) return null;
  let parsed: Parsed | undefined;
  return {
    value,
    parsed: () => (parsed ??= parse(label, text)),
    lineOfCheck: (index) => outline.checkLines[index] ?? 1,
  };
}

function parse(label: string, text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const [broken] = document.errors;
  if (broken !== undefined) throw new InputError(`${label}: ${broken.message}`);
  const repeated = repeatedKey(document);
  if (repeated !== null) {
    const { line, col } = lines.linePos(repeated);
    throw new InputError(`${label}: Map keys must be unique at line ${line}, column ${col}`);
  }
  return { document, lines };
}

interface Outline {
  readonly repeatsName: boolean;
  /** The line where each object in the list `checks` begins. */
  readonly checkLines: readonly number[];
}

/** Strings, punctuation and line ends of a JSON text. */
const TOKEN = /"(?:[^"\\]+|\\.)*"|[[\]{}:\n]/g;

/** What JSON.parse does not tell of a text that it takes. */
function outlineOf(text: string): Outline {
  const outline = new OutlineReader();
  for (const [token] of text.matchAll(TOKEN)) outline.read(token);
  return outline;
}

class OutlineReader implements Outline {
  repeatsName = false;
  readonly checkLines: number[] = [];
  /** Names met in each open object; null for a list. */
  readonly #open: (Set<string> | null)[] = [];
  #line = 1;
  #before = '';
  /** The name at the top that was met last, in its quotes. */
  #top = '';

  read(token: string): void {
    if (token === '\n') this.#line++;
    else if (token === ':') this.#name(this.#before);
    else if (token === '{' || token === '[') this.#enter(token);
    else if (token === '}' || token === ']') this.#open.pop();
    if (token !== '\n') this.#before = token;
  }

  #name(name: string): void {
    const names = this.#open.at(-1);
    if (names?.has(name) === true) this.repeatsName = true;
    names?.add(name);
    if (this.#open.length === 1) this.#top = name;
  }

  #enter(bracket: '{' | '['): void {
    const isCheck = this.#open.length === 2 && this.#open[1] === null && this.#top === '"checks"';
    if (bracket === '{' && isCheck) this.checkLines.push(this.#line);
    this.#open.push(bracket === '{' ? new Set() : null);
  }
}
