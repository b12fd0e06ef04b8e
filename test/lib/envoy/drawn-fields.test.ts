/**
 * A field that the trace reads is drawn by a generator, and so held against a real Envoy, or a unit test names it: which one,
 * `undrawn-fields.json` says. `UPDATE_DOCS=1` writes the table of what is drawn.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MESSAGES } from '../../../src/lib/envoy/messages';
import { ADMIN_MESSAGES } from '../../../src/lib/envoy/messages/admin';
import { drawnFields } from '../../differential/drawn-fields';
import listed from '../../differential/undrawn-fields.json';
import { fieldsReadIn } from '../../helpers/fields-read';
import { fieldsOfMessages } from '../../helpers/message-fields';

const ROOT = join(__dirname, '../../..');
/** What decides about requests; views and comparisons read more, and goldens hold those. */
const FOLDERS = ['trace', 'http', 'match', 'envoy'];
/** Read by nobody for this field's message, though a field of the same name of another message is. */
const NOT_READ = 'not read: ';
/** Fields that a test names which may mean another message's: nothing may be added. */
const MOST_BY_NAME = 194;
/** Known gaps: nothing may be added. */
const OPEN = 'open';
const MOST_OPEN = 9;
/** Two configurations that differ in one field, and what becomes of a request in each. */
const EFFECTS = 'test/lib/trace/field-effects.test.ts';

const undrawn = new Map<string, string>(
  Object.entries(listed as Readonly<Record<string, Readonly<Record<string, string>>>>).flatMap(([message, fields]) =>
    Object.entries(fields).map(([field, where]) => [`${message}.${field}`, where] as const),
  ),
);
const drawn = drawnFields();
const read = fieldsReadIn(FOLDERS);
const messages = Object.keys(MESSAGES).filter((message) => !(message in ADMIN_MESSAGES));
const fieldsRead = fieldsOfMessages(messages).filter((field) => read.has(nameOf(field)));

function nameOf(field: string): string {
  return field.slice(field.indexOf('.') + 1);
}

test('every field that the trace reads is drawn by a generator, or listed with the unit test that names it', () => {
  expect(fieldsRead.length).toBeGreaterThan(500);
  expect(fieldsRead.filter((field) => !drawn.has(field) && !undrawn.has(field))).toEqual([]);
});

test('the list holds nothing that is drawn, or not read any more', () => {
  expect([...undrawn.keys()].filter((field) => drawn.has(field) || !fieldsRead.includes(field))).toEqual([]);
});

test('the unit tests that are listed name their fields', () => {
  const texts = new Map<string, string>();
  const unnamed = [...undrawn].filter(([field, where]) => {
    if (where === OPEN || where.startsWith(NOT_READ)) return false;
    const text = texts.get(where) ?? readFileSync(join(ROOT, where), 'utf8');
    texts.set(where, text);
    // There each field is a key with its message, and a test of its own.
    return where === EFFECTS ? !text.includes(`'${field}': `) : !new RegExp(`\\b${nameOf(field)}\\b`).test(text);
  });
  expect(unnamed).toEqual([]);
  expect([...undrawn.values()].filter((where) => where === OPEN).length).toBeLessThanOrEqual(MOST_OPEN);
});

/** A name that several messages have says little: a test may mean another message's field. */
test('no field is added whose name several messages have and that has no row of its own in the table of effects', () => {
  const messagesWith = (name: string): number =>
    fieldsOfMessages(messages).filter((field) => nameOf(field) === name).length;
  const byNameAlone = [...undrawn].filter(
    ([field, where]) => where.startsWith('test/') && where !== EFFECTS && messagesWith(nameOf(field)) > 1,
  );
  expect(byNameAlone.length).toBeLessThanOrEqual(MOST_BY_NAME);
});

test('the table of what is drawn is what the generators draw', () => {
  const rows = messages.flatMap((message) => {
    const fields = fieldsOfMessages([message]).filter((field) => drawn.has(field));
    if (fields.length === 0) return [];
    const by = [...new Set(fields.flatMap((field) => drawn.get(field) ?? []))].join(', ');
    return [`${message} (${by}): ${fields.map(nameOf).join(' ')}\n`];
  });
  const table = `Fields of Envoy that the generators draw, by message; UPDATE_DOCS=1 npx jest test/lib/envoy/drawn-fields writes it.\n\n${rows.join('')}`;
  const page = join(ROOT, 'test/differential/drawn-fields.txt');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, table);
  expect(readFileSync(page, 'utf8')).toBe(table);
});
