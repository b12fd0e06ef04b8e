/** Lines of files and of standard input, compressed or not, as they come. */
import { fileBody, streamBody } from '../../source/body';
import { limitOf, sizeText, tooLarge } from '../../limits';
import type { Streams } from '../streams';

/** A line longer than this is no line of an access log. */
const LONGEST = 1 << 20;

/** A line as container runtimes write it to files: time, stream, whether it is whole (F) or goes on in the next (P), content. */
const RUNTIME_LINE = /^(\d{4}-\d{2}-\d{2}T\S{8,32} (stdout|stderr) )([FP]) (.*)$/s;

/**
 * Each line of a file, or of standard input for `-`, without its end. Parts into which a container runtime cut a line are put
 * together.
 */
export async function* linesOf(path: string, streams: Streams): AsyncIterable<string> {
  const parts = new Map<string, string>();
  for await (const line of rawLines(path, streams)) {
    const [, head = '', stream = '', tag = '', content = ''] = RUNTIME_LINE.exec(line) ?? [];
    const before = stream === '' ? undefined : parts.get(stream);
    if (tag === 'P') {
      parts.set(stream, `${before ?? ''}${content}`.slice(0, LONGEST));
    } else if (before === undefined) {
      yield line;
    } else {
      parts.delete(stream);
      yield `${head}F ${before}${content}`;
    }
  }
  // Of these the end is missing.
  yield* parts.values();
}

async function* rawLines(path: string, streams: Streams): AsyncIterable<string> {
  const body = path === '-' ? streamBody('standard input', streams.stdin) : fileBody(path);
  const decoder = new TextDecoder();
  const limit = limitOf('value');
  let rest = '';
  let unended = 0;
  for await (const chunk of body.chunks()) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST);
    unended = lines.length > 0 ? rest.length : unended + chunk.length;
    if (unended > limit) throw tooLarge(`${body.label} has a line that is longer than it may be`, sizeText(limit));
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
