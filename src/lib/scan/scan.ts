/**
 * Reads a document of Envoy's admin interface and cuts it into entries, in one pass that parses only what is asked for.
 *
 * Every byte is looked at: brackets pair, strings end, and nothing follows the document, so a text that breaks off or
 * lost a piece is refused. Names, commas and colons are checked down to the entries. What is inside an entry is checked
 * when it is parsed; of a section or entry that is not wanted, only the structure is.
 */
import { Cursor, type ResumableRead } from './cursor';
import { DocumentReader, type TopLevel } from './document';
import { EntryStore } from './entry-store';
import type { SeekableFile } from '../seekable-file';
import { type RawDump, rawList, type ScanRequest } from './raw-dump';
import { bareResources, type DocumentKind, ENVOY_DUMP, HEAD, otherKind, rejection } from './rejection';
import { PlainSkipper, type Skipper } from './skipper';
import { wasmSkipper } from './wasm-skipper';

/**
 * Cuts a `/config_dump` or `/clusters?format=json` document (UTF-8, not compressed) into entries; which of the two it
 * is, is told by content. Throws InputError, with the byte offset of what is wrong, where the text is neither, is not
 * JSON, or breaks off. https://www.envoyproxy.io/docs/envoy/latest/operations/admin
 * @param input a document that is read at once and closed, or chunks as they come; entries may be read from the document
 *     again when they are parsed
 */
export async function scanDump(
  label: string,
  input: SeekableFile | AsyncIterable<Uint8Array>,
  request: ScanRequest,
  given: Skipper | null = null,
): Promise<RawDump> {
  const skipper = given ?? skipperFor(request);
  const store = new EntryStore(label, 'read' in input ? input : null);
  try {
    return await readDocument(label, input, {
      skipper,
      kind: ENVOY_DUMP,
      reading: function* (): ResumableRead<RawDump> {
        return dumpOf(label, yield* reader(request, skipper, store).read(), request);
      },
    });
  } finally {
    if (given === null) skipper.release();
  }
}

/** How a document is read. */
export interface DocumentReading<T> {
  /** That of the reading's cursor. */
  readonly skipper: Skipper;
  /** What the document should be, for messages. */
  readonly kind: DocumentKind;
  readonly reading: () => ResumableRead<T>;
}

/** Runs a reading over a document to its end. Throws InputError where the document is not what it should be. */
export async function readDocument<T>(
  label: string,
  input: SeekableFile | AsyncIterable<Uint8Array>,
  { skipper, kind, reading }: DocumentReading<T>,
): Promise<T> {
  const head = new Head();
  try {
    return 'read' in input ? feedAll(reading(), input, skipper, head) : await feed(reading(), input, skipper, head);
  } catch (error) {
    throw rejection(label, error, head.bytes, kind);
  } finally {
    if ('read' in input) input.close();
  }
}

const WARMING = /warming/i;

function skipperFor({ only }: ScanRequest): Skipper {
  return wasmSkipper(only) ?? new PlainSkipper();
}

function reader({ sections, only }: ScanRequest, skipper: Skipper, store: EntryStore): DocumentReader {
  const endings = sections === 'all' ? null : sections.map((name) => `.${name}`);
  return new DocumentReader(new Cursor(skipper, !store.readsAgain), store, {
    section: (type) => endings === null || endings.some((ending) => type.endsWith(ending)),
    // What warms is never hidden, whatever is asked for.
    all: (list) => WARMING.test(list),
    keepAs: only === undefined ? 'whole' : (only.keepAs ?? 'fields'),
  });
}

/** Runs a reading over a document, each piece of which is read to where the skipper wants it. */
function feedAll<T>(reading: ResumableRead<T>, document: SeekableFile, skipper: Skipper, head: Head): T {
  let step = reading.next(null);
  for (let offset = 0; step.done !== true;) {
    const room = skipper.room();
    const size = document.read(room, offset);
    if (size === 0) return ended(reading);
    offset += size;
    const piece = room.subarray(0, size);
    head.see(piece);
    step = reading.next(piece);
  }
  return step.value;
}

/** Runs a reading over chunks, cut to pieces that a skipper takes. */
async function feed<T>(
  reading: ResumableRead<T>,
  chunks: AsyncIterable<Uint8Array>,
  { capacity }: Skipper,
  head: Head,
): Promise<T> {
  let step = reading.next(null);
  for await (const chunk of chunks) {
    head.see(chunk);
    for (let at = 0; at < chunk.length; at += capacity) {
      if (step.done === true) return step.value;
      step = reading.next(chunk.subarray(at, at + capacity));
    }
  }
  return step.done === true ? step.value : ended(reading);
}

/** What a reading says at the document's end. */
function ended<T>(reading: ResumableRead<T>): T {
  const step = reading.next(null);
  if (step.done !== true) throw new Error('a reading must end with its document');
  return step.value;
}

function dumpOf(
  label: string,
  { names, configs, clusterStatuses, bareType }: TopLevel,
  { emptyIs }: ScanRequest,
): RawDump {
  if (bareType !== null) throw bareResources(label, bareType);
  if (configs !== null) return { kind: 'config_dump', label, sections: configs };
  if (clusterStatuses !== null) return { kind: 'clusters', label, clusterStatuses };
  if (names.length === 0 && emptyIs !== undefined) return { kind: emptyIs, label, clusterStatuses: rawList([]) };
  throw otherKind(label, names);
}

/** Remembers a document's first bytes. */
class Head {
  bytes = new Uint8Array(0);

  see(piece: Uint8Array): void {
    if (this.bytes.length < HEAD) this.bytes = Buffer.concat([this.bytes, piece.subarray(0, HEAD - this.bytes.length)]);
  }
}
