/** The piece of a dump that a JSON pointer means. https://www.rfc-editor.org/rfc/rfc6901 */
import type { RawSection } from '../scan/raw-dump';
import type { ConfigDump } from './config-dump';
import { toProtoNames } from './field-names';

/** Undefined where there is none. Fields below an entry are named as in the proto files, however the dump spells them. */
export function pieceAt(dump: ConfigDump, pointer: string): unknown {
  const section = dump.sections.find((one) => pointer.startsWith(`${one.pointer}/`));
  if (section === undefined) return undefined;
  const [field = '', ...path] = pointer
    .slice(section.pointer.length + 1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const list = section.lists[field];
  if (list === undefined) return descend(toProtoNames(section.fields[field]), path);
  const [index = '', ...rest] = path;
  return descend(entryOf(section, field, index), rest);
}

function entryOf(section: RawSection, field: string, index: string): unknown {
  for (const entry of section.lists[field] ?? []) {
    if (entry.pointer === `${section.pointer}/${field}/${index}`) return toProtoNames(entry.json());
  }
  return undefined;
}

function descend(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, part)
        ? (at as Readonly<Record<string, unknown>>)[part]
        : undefined,
    value,
  );
}
