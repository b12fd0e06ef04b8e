/** The commands that pages of documentation show, run by a shell with the built program. */
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory';

const ROOT = join(__dirname, '../..');
const WITH_OUTPUT = /^```console\n\$ ([^\n]+)\n[^]*?^```$/gm;
const BLOCK = /^```(?:sh|console|text)\n([^]*?)^```$/gm;

export interface ShellRun {
  readonly command: string;
  readonly status: number | null;
  /** Both streams, in the order of what was written. */
  readonly output: string;
}

/** `mctl` is the built program, 80 columns wide; no cluster can be reached. */
export function runInShell(command: string, directory: string, input = ''): ShellRun {
  const home = temporaryDirectory();
  try {
    symlinkSync(join(ROOT, 'bin/run.js'), join(home.path, 'mctl'));
    const path = `${home.path}:${process.env['PATH'] ?? ''}`;
    const env = { PATH: path, HOME: home.path, KUBECONFIG: '/dev/null', COLUMNS: '80' };
    const run = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], { cwd: directory, env, input, encoding: 'utf8' });
    return { command, status: run.status, output: run.stdout };
  } finally {
    home.remove();
  }
}

/**
 * A page with what its commands print now, run in the root of the repository: each block of the kind `console` is a command behind `$ `
 * and its output.
 * @param page its path below the root
 */
export function runPage(page: string): { readonly written: string; readonly runs: readonly ShellRun[] } {
  const runs: ShellRun[] = [];
  const written = readFileSync(join(ROOT, page), 'utf8').replace(WITH_OUTPUT, (_all, command: string) => {
    const run = runInShell(command, ROOT);
    runs.push(run);
    return `\`\`\`console\n$ ${command}\n${run.output.trimEnd()}\n\`\`\``;
  });
  return { written, runs };
}

/**
 * Calls of mctl in the blocks of a page, each once: without comments, what feeds them, and where their output goes.
 * @param page its path below the root
 */
export function callsOn(page: string): readonly string[] {
  const blocks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(BLOCK)];
  const lines = blocks.flatMap(([, block = '']) => block.replace(/\\\n\s*/g, '').split('\n'));
  const calls = lines.flatMap(
    (line) => /^(?:\$ )?(?:.* (?:\||&&) )?(mctl .*?)(?:\s+#.*| [|>] .*)?$/.exec(line)?.[1] ?? [],
  );
  return [...new Set(calls)];
}
