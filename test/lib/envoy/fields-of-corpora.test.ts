/**
 * `docs/trace-fidelity.md` lists, message by message, the fields that real configurations set: those that mctl reads, and those
 * that it does not, with the reason. The list is held against every configuration of the corpora; `UPDATE_DOCS=1` writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { MESSAGES } from '../../../src/lib/envoy/messages';
import { corpusFiles } from '../../helpers/corpora';
import { UNREAD } from './unread-fields';

const PAGE = join(__dirname, '../../../docs/trace-fidelity.md');
const BEGIN = '<!-- fields: made by test/lib/envoy/fields-of-corpora.test.ts -->\n';
const END = '<!-- end of fields -->';
const TABLES = MESSAGES as Readonly<Record<string, string>>;

type Fields = Map<string, Set<string>>;

function typesOf(message: string): ReadonlyMap<string, string> {
  const fields = (TABLES[message] ?? '').trim().split(/\s+/);
  return new Map(fields.map((field) => field.split(':') as [string, string]));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageName(value: Readonly<Record<string, unknown>>): string {
  const url = typeof value['@type'] === 'string' ? value['@type'] : '';
  return url.slice(url.lastIndexOf('.') + 1);
}

/** Adds what a value of a message sets, and what the messages in it do. */
function collect(value: unknown, type: string, set: Fields): void {
  if (type.endsWith('[]')) {
    if (Array.isArray(value))
      value.forEach((one) => {
        collect(one, type.slice(0, -2), set);
      });
  } else if (!isObject(value)) {
    return;
  } else if (type.endsWith('{}')) {
    Object.values(value).forEach((one) => {
      collect(one, type.slice(0, -2), set);
    });
  } else if (type === 'any') {
    if (TABLES[messageName(value)] !== undefined) collect(value, messageName(value), set);
  } else if (TABLES[type] !== undefined) {
    const types = typesOf(type);
    const own = set.get(type) ?? new Set();
    set.set(type, own);
    for (const [key, held] of Object.entries(value)) {
      if (key === '@type') continue;
      const name = snakeCase(key);
      own.add(name);
      collect(held, types.get(name) ?? '', set);
    }
  }
}

/** Everything from the first messages that mctl knows. */
function collectAll(value: unknown, set: Fields): void {
  if (Array.isArray(value))
    value.forEach((one) => {
      collectAll(one, set);
    });
  else if (!isObject(value)) return;
  else if (TABLES[messageName(value)] !== undefined) collect(value, messageName(value), set);
  else
    Object.values(value).forEach((one) => {
      collectAll(one, set);
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The odd dumps of the corpora.
  }
}

function fieldsOfCorpora(): Fields {
  const set: Fields = new Map();
  for (const [path, text] of Object.entries(corpusFiles())) {
    if (path.endsWith('config_dump.json') && !path.startsWith('quirks/')) collectAll(parsed(text), set);
  }
  const packed = readFileSync(join(__dirname, '../../fixtures/gateways.json.br'));
  const gateways = JSON.parse(brotliDecompressSync(packed).toString('utf8')) as readonly { config_dump: unknown }[];
  for (const { config_dump: dump } of gateways) collectAll(dump, set);
  return set;
}

function unreadOf(message: string): ReadonlyMap<string, string> {
  const reasons = Object.entries(UNREAD[message] ?? {});
  return new Map(reasons.flatMap(([reason, fields]) => fields.map((field) => [field, reason] as const)));
}

function isRead(message: string, field: string): boolean {
  return typesOf(message).has(field);
}

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function listOf(set: Fields): string {
  const rows = [...set]
    .filter(([, fields]) => fields.size > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([message, fields]) => {
      const names = [...fields].sort();
      const unread = unreadOf(message);
      const byReason = new Map<string, string[]>();
      for (const name of names.filter((one) => !isRead(message, one))) {
        const reason = unread.get(name) ?? '';
        byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
      }
      const not = [...byReason].map(([reason, some]) => `not read: ${code(some)} (${reason})`);
      const read = names.filter((one) => isRead(message, one));
      const parts = [...(read.length === 0 ? [] : [`read: ${code(read)}`]), ...not];
      return `- \`${message}\`: ${parts.join('; ')}\n`;
    });
  return rows.join('');
}

const set = fieldsOfCorpora();

it('each field that a configuration of the corpora sets is read, or listed with the reason why it is not', () => {
  const open = [...set].flatMap(([message, fields]) =>
    [...fields]
      .filter((field) => !isRead(message, field) && !unreadOf(message).has(field))
      .map((field) => `${message}.${field}`),
  );
  expect(open).toEqual([]);
  expect(set.size).toBeGreaterThan(100);
});

it('no field that is read is listed as one that is not', () => {
  const stale = Object.keys(UNREAD).flatMap((message) =>
    [...unreadOf(message).keys()].filter((field) => isRead(message, field)).map((field) => `${message}.${field}`),
  );
  expect(stale).toEqual([]);
});

it('docs/trace-fidelity.md has the list', () => {
  const page = readFileSync(PAGE, 'utf8');
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  const wanted = `${page.slice(0, from)}${BEGIN}\n${listOf(set)}\n${page.slice(to)}`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, wanted);
  else expect(page).toBe(wanted);
});
