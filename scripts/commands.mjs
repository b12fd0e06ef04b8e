// Writes src/commands.ts, the map of every command by its id, from the files of src/commands.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const HEAD = `/** Every command by its id, loaded when asked for: start-up pays for the one that runs. Made by scripts/commands.mjs. */
/* eslint-disable @typescript-eslint/no-require-imports -- oclif reads this map synchronously; a static import would load every command */

export const COMMANDS: Readonly<Record<string, unknown>> = {
`;
const TAIL = `};

/** A command module's class: its default export. */
function commandOf(module: unknown): unknown {
  return (module as { readonly default: unknown }).default;
}
`;
/** Shells call it, people do not. */
const HIDDEN = { 'complete-words': '__complete' };

/** The text of src/commands.ts. */
export function commandsText(folder = 'src/commands') {
  const files = readdirSync(folder, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  const paths = files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
  const getters = paths.sort().map((path) => {
    const id = HIDDEN[path] ?? path.replaceAll('/', ':');
    const name = /^\w+$/.test(id) ? id : `'${id}'`;
    return `  get ${name}() {\n    return commandOf(require('./commands/${path}'));\n  },\n`;
  });
  return `${HEAD}${getters.join('')}${TAIL}`;
}

/** Writes the file where it is stale; says whether it was. */
export function writeCommands() {
  const text = commandsText();
  if (readFileSync('src/commands.ts', 'utf8') === text) return false;
  writeFileSync('src/commands.ts', text);
  return true;
}
