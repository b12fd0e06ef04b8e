/** Output formats: what `-o` may say, and the text of a value or a view in each. A format is added here, and only here. */
import { renderJson, renderJsonPath, renderYaml } from '../render/structured';
import { type Streamed, StreamedList, streamedJson, streamedYaml } from '../render/streamed';
import { streamedJsonPath } from '../render/streamed-json-path';
import { plainBlocks, renderFramed, type Table } from '../render/table';
import { redacted } from '../secrets/redact';
import { withoutSecrets } from '../secrets/secret-text';
import type { ViewResult } from '../view/view';
import type { Output, Streams, TextKind } from './streams';
import { visibleCell, visibleCells } from './visible-cells';

/** What `-o` holds for a format: one that ends in `=` takes an argument. */
export type FormatText<Name extends string> = Name extends `${string}=` ? `${Name}${string}` : Name;

/** A value's text; the argument is what stands behind `=`. */
type ValueText = (value: object, argument: string) => string | Promise<string>;

/** A format of values. */
interface ValueFormatRules {
  readonly text: ValueText;
  /** What its text is for those who print it. */
  readonly kind: TextKind;
}

const VALUE_RULES = {
  json: { text: renderJson, kind: 'data' },
  yaml: { text: renderYaml, kind: 'data' },
  'jsonpath=': { text: (value, argument) => renderJsonPath(argument, value), kind: 'text' },
} satisfies Record<string, ValueFormatRules>;

/** A format of values as the help lists it. */
export type ValueFormatName = keyof typeof VALUE_RULES;

/** Formats that show a value. */
export type ValueFormat = FormatText<ValueFormatName>;

/** A format of views. */
interface ViewFormatRules {
  /** Whether it shows the columns or names of the table alone, so that the rest of a resource need not be read. */
  readonly isTable: boolean;
  /** Whether the views of several proxies are one value, by their names; others come one after the other. */
  readonly isOneValue: boolean;
  readonly text: (view: ViewResult, streams: Streams, argument: string) => Output | Promise<Output>;
}

const VIEW_RULES = {
  short: {
    isTable: true,
    isOneValue: false,
    text: (view) => (typeof view.instead === 'string' ? `${view.instead}\n` : cleanBlocks(view.table)),
  },
  table: {
    isTable: true,
    isOneValue: false,
    text: (view, streams) => renderFramed(cleanTable(view.table), streams.width),
  },
  wide: { isTable: false, isOneValue: false, text: (view) => cleanBlocks(view.wide()) },
  json: {
    isTable: false,
    isOneValue: true,
    text: (view) => listText(view, streamedJson) ?? valueText(view.json(), 'json'),
  },
  yaml: {
    isTable: false,
    isOneValue: true,
    text: (view) => listText(view, streamedYaml) ?? valueText(view.json(), 'yaml'),
  },
  name: { isTable: true, isOneValue: false, text: (view) => linesOf(view.names()) },
  'jsonpath=': {
    isTable: false,
    isOneValue: false,
    text: async (view, _streams, argument) =>
      (await listText(view, (list) => streamedJsonPath(argument, list))) ??
      (await valueText(view.json(), `jsonpath=${argument}`)),
  },
} satisfies Record<string, ViewFormatRules>;

/** The text of a view's list, an element at a time and with no secret in it; null where it is none. */
function listText<Text>({ jsonItems = null }: ViewResult, render: (list: StreamedList) => Text): Text | null {
  return jsonItems === null ? null : render(new StreamedList(() => eachRedacted(jsonItems())));
}

/** What stands in a list is as secret as it is alone. */
function* eachRedacted(items: Iterable<object | null>): Iterable<object | null> {
  for (const item of items) yield redacted(item);
}

/** The table with no secret in a cell: a frame wraps cells, and what is cut in two is not found any more. */
function cleanTable(table: Table): Table {
  return { ...table, rows: table.rows.map((row) => row.map(withoutSecrets)) };
}

/** A block of rows at a time; no name or text of a dump brings a secret along. */
function* cleanBlocks(table: Table): Iterable<string> {
  for (const block of plainBlocks(table)) yield withoutSecrets(block);
}

/** Letters of a text that are looked over at once. */
const BLOCK = 1 << 16;

/**
 * A text of lines with no secret in it, a block of lines at a time: where one gives reason for a closer look, it is not the
 * whole that is looked at.
 */
export function* cleanLines(text: string): Iterable<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from + BLOCK) + 1;
    const to = end === 0 ? text.length : end;
    yield withoutSecrets(text.slice(from, to));
    from = to;
  }
}

type ViewFormatName = keyof typeof VIEW_RULES;

/** The value of `-o` of a view. */
export type ViewFormat = FormatText<ViewFormatName>;

/** Every format of a view, as the help lists them. */
export const VIEW_FORMATS = Object.keys(VIEW_RULES) as readonly ViewFormatName[];

/** What is done in a format of views. */
export function rulesOf(format: ViewFormat): ViewFormatRules {
  return VIEW_RULES[nameOf(format, VIEW_RULES)];
}

/** Whose view it is: `short` of istioctl's is istioctl's, to the byte, where a program reads it. */
export type ViewOf = 'istioctl' | 'mctl';

/** Prints a view in a format; a plain table in blocks. */
export async function printView(view: ViewResult, format: ViewFormat, streams: Streams, of: ViewOf): Promise<void> {
  const isExact = of === 'istioctl' && format === 'short' && streams.exact;
  const shown = isExact ? view : visibleView(view);
  const text = await rulesOf(format).text(shown, streams, argumentOf(format));
  await streams.write(text, isExact ? 'bytes' : kindOf(format));
}

/** A view whose cells and names stay on their lines, with nothing hidden in them. */
function visibleView(view: ViewResult): ViewResult {
  return {
    count: view.count,
    instead: view.instead ?? null,
    get table() {
      return visibleCells(view.table);
    },
    wide: () => visibleCells(view.wide()),
    names: () => view.names().map(visibleCell),
    json: () => view.json(),
    jsonItems: view.jsonItems ?? null,
  };
}

/** Prints a value as `json`, `yaml` or by `jsonpath=`. */
export async function printValue(held: object, format: ValueFormat, streams: Streams): Promise<void> {
  await streams.write(await valueText(held, format), kindOf(format));
}

/** Prints as `json` or `yaml` a value that is too large to be held, with no secret in it already. */
export async function printStreamed(value: Streamed, format: 'json' | 'yaml', streams: Streams): Promise<void> {
  await streams.write(format === 'json' ? streamedJson(value) : streamedYaml(value), kindOf(format));
}

/** What the text of a format is for those who print it. */
export function kindOf(format: string): TextKind {
  return isValueFormat(format) ? VALUE_RULES[nameOf(format, VALUE_RULES)].kind : 'text';
}

/** A value as `json`, `yaml` or by `jsonpath=`, with no secret in it. */
export async function valueText(held: object, format: ValueFormat): Promise<string> {
  const rules: ValueFormatRules = VALUE_RULES[nameOf(format, VALUE_RULES)];
  return await rules.text(redacted(held), argumentOf(format));
}

/** The name of a format that a table has: all of the text, or what stands up to `=`. */
function nameOf<Name extends string>(format: string, table: Readonly<Record<Name, unknown>>): Name {
  const isWhole = (text: string): text is Name => Object.hasOwn(table, text);
  const prefix = format.slice(0, format.indexOf('=') + 1);
  if (isWhole(prefix)) return prefix;
  if (isWhole(format)) return format;
  throw new Error(`no format ${format}`);
}

/** Whether a format shows a value. */
export function isValueFormat(format: string): format is ValueFormat {
  return Object.keys(VALUE_RULES).some((name) => (name.endsWith('=') ? format.startsWith(name) : format === name));
}

function argumentOf(format: string): string {
  return format.slice(format.indexOf('=') + 1);
}

function linesOf(names: readonly string[]): string {
  return names.map((name) => `${withoutSecrets(name)}\n`).join('');
}
