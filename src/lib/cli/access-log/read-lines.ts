/** Lines of files and of standard input, compressed or not, as they come. */
import { fileBody, streamBody } from '../../source/body';
import type { Streams } from '../streams';

/** A line longer than this is no line of an access log. */
const LONGEST = 1 << 20;

/** Each line of a file, or of standard input for `-`, without its end. */
export async function* linesOf(path: string, streams: Streams): AsyncIterable<string> {
  const body = path === '-' ? streamBody('standard input', streams.stdin) : fileBody(path);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body.chunks()) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
