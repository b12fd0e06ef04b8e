/** Fields of messages, `Message.field`, as the table of `src/lib/envoy/messages` has them. */
import { MESSAGES } from '../../src/lib/envoy/messages';

const TABLE: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(MESSAGES).map(([message, fields]) => [message, fieldsOf(fields)]),
);

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.trim().split(/\s+/);
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]));
}

/** Every field of these messages. */
export function fieldsOfMessages(messages: readonly string[]): readonly string[] {
  return messages.flatMap((message) =>
    [...(TABLE.get(message)?.keys() ?? [])].filter((field) => field !== '').map((field) => `${message}.${field}`),
  );
}

/** Adds the fields that a value of a type has, and those of the messages in it. */
export function collectFields(value: unknown, type: string, into: Set<string>): void {
  if (type.endsWith('[]')) {
    for (const one of Array.isArray(value) ? value : []) collectFields(one, type.slice(0, -2), into);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (type.endsWith('{}')) {
    for (const one of Object.values(value)) collectFields(one, type.slice(0, -2), into);
    return;
  }
  if (type === 'any') collectAny(value as Readonly<Record<string, unknown>>, into);
  for (const [name, kind] of TABLE.get(type) ?? []) {
    const one = (value as Readonly<Record<string, unknown>>)[name];
    if (one === undefined) continue;
    into.add(`${type}.${name}`);
    collectFields(one, kind, into);
  }
}

function collectAny(value: Readonly<Record<string, unknown>>, into: Set<string>): void {
  const { '@type': url, type_url: inner, value: wrapped } = value;
  const isWrapped = typeof inner === 'string' && String(url).endsWith('.TypedStruct');
  collectFields(isWrapped ? wrapped : value, lastWord(isWrapped ? inner : url), into);
}

function lastWord(url: unknown): string {
  return String(url).split('.').at(-1) ?? '';
}
