/** Lets a person at a terminal pick a proxy: a numbered list, or a part of a name. */
import { createInterface } from 'node:readline';
import { ExitCode, MctlError } from '../errors';
import type { Streams } from './streams';

/** The user ended the input where an answer was asked for. */
class Interrupted extends MctlError {
  readonly exitCode = ExitCode.interrupted;
}

/** Asks on stderr which of the names is meant; asks again after an answer that names none or several. */
export async function chooseProxy(names: readonly string[], streams: Streams): Promise<string> {
  for (const [index, name] of names.entries()) streams.note(`${String(index + 1).padStart(4)}  ${name}`);
  const lines = createInterface({ input: streams.stdin, terminal: false });
  try {
    streams.draw('Which proxy? (a number, or part of the name) ');
    for await (const line of lines) {
      const found = namesMeant(line.trim(), names);
      const [only] = found;
      if (found.length === 1 && only !== undefined) return only;
      const wrong = found.length === 0 ? 'None is called that' : `${found.length} are called that`;
      streams.draw(`${wrong}. Which proxy? `);
    }
  } finally {
    lines.close();
  }
  throw new Interrupted('No proxy was chosen');
}

function namesMeant(answer: string, names: readonly string[]): readonly string[] {
  if (answer === '') return [];
  const numbered = /^\d{1,6}$/.test(answer) ? names[Number(answer) - 1] : undefined;
  if (numbered !== undefined) return [numbered];
  const exact = names.filter((name) => name === answer);
  return exact.length > 0 ? exact : names.filter((name) => name.includes(answer));
}
