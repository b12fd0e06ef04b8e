/**
 * YAML that parsers of YAML 1.1 and of YAML 1.2 read alike: block lists and maps of the value, each text on one line. It is
 * written here and not by the yaml package, which makes a tree of nodes first: of a large value that took five times as long.
 */
import { ExactNumber } from '../exact-number';
import { COMMAND_INSIDE, escapedInside } from './visible';

export interface YamlOptions {
  /** Whether keys stand in the order of their characters, or in their own. */
  readonly sorted: boolean;
}

/** A value that JSON can hold as YAML, each text on one line. */
export function yamlText(value: unknown, { sorted }: YamlOptions): string {
  const writer = new Writer(sorted);
  writer.write(value, '');
  return `${writer.text}\n`;
}

/**
 * Items of a list that stands in a map, a piece of text for each: what would take much memory as one text.
 * @param indent the blanks before each `-`
 */
export function* yamlItems(items: Iterable<unknown>, indent: string, { sorted }: YamlOptions): Iterable<string> {
  for (const item of items) {
    const writer = new Writer(sorted);
    writer.write(item, `${indent}  `);
    yield `${indent}- ${writer.text}\n`;
  }
}

/** An implicit key is at most so long. https://yaml.org/spec/1.2.2/#742-flow-mappings */
const LONGEST_KEY = 1024;

/** Writes values behind what stands on the line already; every other line begins with the indentation. */
class Writer {
  text = '';
  readonly #sorted: boolean;

  constructor(sorted: boolean) {
    this.#sorted = sorted;
  }

  write(held: unknown, indent: string): void {
    const value = jsonOf(held);
    if (!isContainer(value)) this.text += scalar(value);
    else if (Array.isArray(value)) this.#list(value, indent);
    else this.#map(fieldsOf(value, this.#sorted), indent);
  }

  #list(items: readonly unknown[], indent: string): void {
    if (items.length === 0) this.text += '[]';
    let between = '- ';
    for (const item of items) {
      this.text += between;
      between = `\n${indent}- `;
      this.write(item, `${indent}  `);
    }
  }

  #map(fields: readonly (readonly [string, unknown])[], indent: string): void {
    if (fields.length === 0) this.text += '{}';
    let between = '';
    for (const [name, value] of fields) {
      this.text += between;
      between = `\n${indent}`;
      const key = textScalar(name);
      if (key.length > LONGEST_KEY) {
        this.text += `? ${key}\n${indent}: `;
        this.write(value, `${indent}  `);
      } else {
        this.text += `${key}:`;
        this.#behindKey(value, indent);
      }
    }
  }

  /** A list or map that is not empty has lines of its own. */
  #behindKey(held: unknown, indent: string): void {
    const value = jsonOf(held);
    const inner = `${indent}  `;
    this.text += isContainer(value) && !isEmpty(value) ? `\n${inner}` : ' ';
    this.write(value, inner);
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
}

function isEmpty(value: object): boolean {
  return Array.isArray(value) ? value.length === 0 : fieldsOf(value, false).length === 0;
}

/** What JSON.stringify would take in its place. */
function jsonOf(value: unknown): unknown {
  if (!isContainer(value)) return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON as () => unknown).call(value) : value;
}

function fieldsOf(value: object, sorted: boolean): readonly (readonly [string, unknown])[] {
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined && typeof inner !== 'function');
  return sorted ? fields.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)) : fields;
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return textScalar(value);
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'number' ? numberScalar(value) : value === true || value === false ? String(value) : 'null';
}

/** YAML 1.1 takes a number with an exponent for a text where it has no point (https://yaml.org/type/float.html). */
function numberScalar(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf';
  return Object.is(value, -0) ? '-0' : String(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** Every text, keys included: as it stands where no parser can take it for anything else, else in double quotes. */
function textScalar(text: string): string {
  return isPlain(text) ? text : quoted(text);
}

/** How a text begins that means nothing to YAML. */
const SAFE_START = /^[A-Za-z0-9_/.]/;

/**
 * What a text may not hold or end with: other characters, blanks that are not single ones between them, a colon where a blank or the
 * end follows. A search, as one expression for the whole of a text of megabytes would need more stack than there is.
 */
const UNSAFE = /[^A-Za-z0-9_/.|@()+*=;<>~^$%&!?: -]|: | [ :]|[: ]$/;

/** Numbers in every notation (017, 0o17, 1_000, 1:30, .5, 1e3), dates and times, addresses. */
const NUMBERISH = /^[.\d][-+.:_\da-fotxz ]*$/i;

/** https://yaml.org/type/bool.html, https://yaml.org/type/null.html and .inf, .nan of https://yaml.org/type/float.html */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|\.inf|\.nan)$/i;

function isPlain(text: string): boolean {
  return SAFE_START.test(text) && !UNSAFE.test(text) && !NUMBERISH.test(text) && !WORD.test(text);
}

/** JSON's quotes and escapes are YAML's, too. A lone surrogate, which is no character, becomes U+FFFD, as Go makes it. */
function quoted(text: string): string {
  const json = JSON.stringify(text.replace(/\p{Cs}/gu, '\ufffd'));
  return escapedInside(json, escapeOf).replace(COMMAND_INSIDE, '\\x23');
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
