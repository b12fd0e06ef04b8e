/** HTML and SVG as values: text is always escaped, and only markup that this module made goes in unescaped. */
import { visible } from './visible';

/** A piece of markup. Only `el` and `raw` make one. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type MarkupContent = Markup | string | null | readonly MarkupContent[];

export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '\t': '&#9;',
};

/** Text for element content and quoted attributes alike; control characters are made visible. */
export function escaped(text: string): string {
  return visible(text.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(/[&<>"'`\t]/g, (one) => ENTITIES[one] ?? one);
}

/** Elements that have no content and no end tag. */
const VOID: ReadonlySet<string> = new Set(['meta', 'br', 'hr', 'rect', 'path', 'circle']);

/** An element. Names of elements and attributes are the program's own; an attribute of null or false is left out. */
export function el(name: string, attributes: Attributes = {}, ...content: readonly MarkupContent[]): Markup {
  const head = `${name}${Object.entries(attributes).map(attributeText).join('')}`;
  if (VOID.has(name)) return new Markup(`<${head}/>`);
  return new Markup(`<${head}>${contentText(content)}</${name}>`);
}

function attributeText([name, value]: readonly [string, Attributes[string]]): string {
  if (value === null || value === false) return '';
  return value === true ? ` ${name}=""` : ` ${name}="${escaped(String(value))}"`;
}

function contentText(content: MarkupContent): string {
  if (content === null) return '';
  if (typeof content === 'string') return escaped(content);
  return content instanceof Markup ? content.toString() : content.map(contentText).join('');
}

/** The program's own text, such as a style sheet, as it stands. */
export function raw(text: string): Markup {
  return new Markup(text);
}
