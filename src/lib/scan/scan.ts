/**
 * Reads a document of Envoy's admin interface and cuts it into entries, in one pass that parses only what is asked for.
 *
 * Every byte is looked at: brackets pair, strings end, and nothing follows the document, so a text that breaks off or
 * lost a piece is refused. Names, commas and colons are checked down to the entries. What is inside an entry is checked
 * when it is parsed; of a section or entry that is not wanted, only the structure is.
 */
import { Cursor, type Reading } from './cursor';
import { DocumentReader, type TopLevel } from './document';
import { entryFilter } from './entry-filter';
import { EntryStore } from './entry-store';
import type { RawDump, ScanRequest } from './raw-dump';
import { HEAD, otherKind, rejection } from './rejection';
import { PlainSkipper, type Skipper } from './skipper';
import { wasmSkipper } from './wasm-skipper';

/**
 * Cuts a `/config_dump` or `/clusters?format=json` document (UTF-8, not compressed) into entries; which of the two it
 * is, is told by content. Throws InputError, with the byte offset of what is wrong, where the text is neither, is not
 * JSON, or breaks off. https://www.envoyproxy.io/docs/envoy/latest/operations/admin
 */
export async function scanDump(
  label: string,
  chunks: AsyncIterable<Uint8Array>,
  request: ScanRequest,
  skipper: Skipper = skipperFor(request),
): Promise<RawDump> {
  const head = new Head();
  try {
    const reading = reader(label, request, skipper).read();
    return dumpOf(label, await feed(reading, head.watch(chunks), skipper.capacity));
  } catch (error) {
    throw rejection(label, error, head.bytes);
  }
}

const WARMING = /warming/i;

function skipperFor({ keep = [], cut = [] }: ScanRequest): Skipper {
  return wasmSkipper({ keep, cut }) ?? new PlainSkipper();
}

function reader(label: string, request: ScanRequest, skipper: Skipper): DocumentReader {
  const filter = entryFilter(request);
  const { sections } = request;
  const endings = sections === 'all' ? null : sections.map((name) => `.${name}`);
  return new DocumentReader(new Cursor(skipper), new EntryStore(label, request.readAgain ?? null, request.cut), {
    section: (type) => endings === null || endings.some((ending) => type.endsWith(ending)),
    // What warms is never hidden, whatever is asked for.
    entry: (taken, list) => filter(taken) || WARMING.test(list),
  });
}

/** Runs a reading over chunks, cut to pieces that a skipper takes. */
async function feed<T>(reading: Reading<T>, chunks: AsyncIterable<Uint8Array>, capacity: number): Promise<T> {
  let step = reading.next(null);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += capacity) {
      if (step.done === true) return step.value;
      step = reading.next(chunk.subarray(at, at + capacity));
    }
  }
  if (step.done !== true) step = reading.next(null);
  if (step.done !== true) throw new Error('a reading must end with its document');
  return step.value;
}

function dumpOf(label: string, { names, configs, clusterStatuses }: TopLevel): RawDump {
  if (configs !== null) return { kind: 'config_dump', label, sections: configs };
  if (clusterStatuses !== null) return { kind: 'clusters', label, clusterStatuses };
  throw otherKind(label, names);
}

/** Remembers a document's first bytes. */
class Head {
  bytes = new Uint8Array(0);

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      if (this.bytes.length < HEAD)
        this.bytes = Buffer.concat([this.bytes, chunk.subarray(0, HEAD - this.bytes.length)]);
      yield chunk;
    }
  }
}
