/**
 * Lets a person at a terminal pick a proxy: a list that narrows to what is typed, or, on a terminal that cannot move its cursor,
 * a numbered list and a part of a name.
 */
import { createInterface } from 'node:readline';
import { ExitCode, MctlError } from '../errors';
import { visibleLine } from '../render/visible';
import type { Streams } from './streams';

/** The user ended the input where an answer was asked for. */
class Interrupted extends MctlError {
  readonly exitCode = ExitCode.interrupted;
}

/** How many names are shown at once; the arrows reach the others. */
const SHOWN = 10;

/** Asks on stderr which of the names is meant. Throws Interrupted where no answer comes. */
export async function chooseProxy(names: readonly string[], streams: Streams): Promise<string> {
  return streams.env['TERM'] === 'dumb' ? await chooseByLine(names, streams) : await chooseFromList(names, streams);
}

async function chooseFromList(names: readonly string[], streams: Streams): Promise<string> {
  const { default: search } = await import('@inquirer/search');
  const { input, output } = streams.dialogue;
  const prompt = {
    message: 'Which proxy?',
    pageSize: SHOWN,
    // Names come from a cluster or a dump: what a terminal would obey is shown as an escape.
    source: (typed: string | undefined) =>
      namesWith(typed ?? '', names).map((name) => ({ value: name, name: visibleLine(name), short: visibleLine(name) })),
  };
  try {
    return await search(prompt, { input, output });
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') throw new Interrupted('No proxy was chosen');
    throw error;
  }
}

/** The names that hold every word that was typed, upper and lower case alike. */
export function namesWith(typed: string, names: readonly string[]): readonly string[] {
  const words = typed.toLowerCase().split(/\s+/);
  return names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
}

/** Prints all names with their numbers; asks again after an answer that names none or several. */
async function chooseByLine(names: readonly string[], streams: Streams): Promise<string> {
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
