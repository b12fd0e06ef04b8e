/** The commands that a page of documentation shows with what they print, run in a shell in the root of the repository. */
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory';

const ROOT = join(__dirname, '../..');
const SHOWN = /^```console\n\$ ([^\n]+)\n[^]*?^```$/gm;

export interface ShownCommand {
  readonly command: string;
  readonly status: number | null;
}

export interface RunPage {
  /** The page with what the commands print now. */
  readonly written: string;
  readonly commands: readonly ShownCommand[];
}

/**
 * Each block of the kind `console` is a command behind `$ ` and its output, 80 columns wide, standard error included.
 * @param path of the page, below the root
 */
export function runPage(path: string): RunPage {
  const page = readFileSync(join(ROOT, path), 'utf8');
  const programs = temporaryDirectory();
  const commands: ShownCommand[] = [];
  try {
    symlinkSync(join(ROOT, 'bin/run.js'), join(programs.path, 'mctl'));
    const env = { PATH: `${programs.path}:${process.env['PATH'] ?? ''}`, HOME: programs.path, COLUMNS: '80' };
    const written = page.replace(SHOWN, (_all, command: string) => {
      const run = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], { cwd: ROOT, env, encoding: 'utf8' });
      commands.push({ command, status: run.status });
      return `\`\`\`console\n$ ${command}\n${run.stdout.trimEnd()}\n\`\`\``;
    });
    return { written, commands };
  } finally {
    programs.remove();
  }
}
