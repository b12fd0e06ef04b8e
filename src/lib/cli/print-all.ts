/** Prints a whole dump, entry by entry. */
import { StreamedList, StreamedObject } from '../render/streamed';
import { redacted } from '../secrets/redact';
import { allJson, type WholeSection } from '../view/all-view';
import { printStreamed, printValue, type ValueFormat } from './formats';
import type { Streams } from './streams';

/** A JSONPath may ask for anything: it is given the whole as one value. */
export async function printAll(
  sections: readonly WholeSection[],
  format: ValueFormat,
  streams: Streams,
): Promise<void> {
  if (format !== 'json' && format !== 'yaml') await printValue(allJson(sections), format, streams);
  else {
    const configs = new StreamedList(() => sections.map(streamedSection));
    await printStreamed(new StreamedObject([['configs', configs]]), format, streams);
  }
}

function streamedSection({ fields, lists }: WholeSection): StreamedObject {
  const clean = Object.entries(redacted({ configs: [fields] }).configs[0] ?? {});
  // What is secret hangs on the type and the name of the message that a list stands in.
  const holder = Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === 'string'));
  function* cleaned(name: string, entries: () => Iterable<unknown>): Iterable<unknown> {
    for (const entry of entries()) {
      const section = redacted({ configs: [{ ...holder, [name]: [entry] }] }).configs[0] as Record<string, unknown>;
      yield (section[name] as readonly unknown[])[0];
    }
  }
  return new StreamedObject([
    ...clean,
    ...lists.map(([name, entries]) => [name, new StreamedList(() => cleaned(name, entries))] as const),
  ]);
}
