/** Lines as a real shell reads them. */
import { execFileSync } from 'node:child_process';

/** The words that bash makes of each line. */
export function pasted(lines: readonly string[], shell = 'bash'): readonly (readonly string[])[] {
  const script = `words() { printf '%s\\0' "$#" "$@"; }\n${lines.map((line) => `words ${line}\n`).join('')}`;
  const output = execFileSync(shell, ['-s'], { input: script, encoding: 'utf8', maxBuffer: 1 << 28 }).split('\0');
  const read: (readonly string[])[] = [];
  for (let at = 0; at < output.length - 1;) {
    const count = Number(output[at]);
    read.push(output.slice(at + 1, at + 1 + count));
    at += 1 + count;
  }
  return read;
}
