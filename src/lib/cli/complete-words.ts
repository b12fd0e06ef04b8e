/** Completes a command line from the manifest and, for pods, from the source that the line names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompletableCommand, completionOf } from '../completion/candidates';
import { FILES_MARK } from '../completion/scripts';
import { proxyName } from '../proxy-id';
import { normalArguments } from './arguments';
import { packageRoot } from './package-root';
import { openMesh, type SourceFlags } from './session';
import type { Streams } from './streams';

/** A person waits at the prompt: longer than this, and the pods are left out. */
const PATIENCE_MS = 1000;

/** A name that every shell takes for one word, and no command for a flag. bash writes candidates as they are. */
const PLAIN_WORD = /^[\w.:@%+,/][\w.:@%+,/-]*$/;

/** One candidate a line; `:files` asks the shell for paths. Names come from a cluster or a snapshot: only plain words are candidates. */
export async function completeWords(words: readonly string[], streams: Streams): Promise<readonly string[]> {
  const commands = knownCommands();
  const { candidates, wantsProxies, wantsFiles } = completionOf(words, commands);
  const current = words.at(-1) ?? '';
  const proxies = wantsProxies ? await proxiesWithin(words, commands, streams) : [];
  const named = proxies.filter((name) => name.startsWith(current) && PLAIN_WORD.test(name));
  return [...candidates, ...named, ...(wantsFiles ? [FILES_MARK] : [])];
}

function knownCommands(): readonly CompletableCommand[] {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), 'oclif.manifest.json'), 'utf8')) as {
    readonly commands: Readonly<Record<string, CompletableCommand>>;
  };
  return Object.values(manifest.commands);
}

/** The names of the source's proxies; empty where it is away, slow or not to be read. */
async function proxiesWithin(
  words: readonly string[],
  commands: readonly CompletableCommand[],
  streams: Streams,
): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([]);
    }, PATIENCE_MS);
    timer.unref();
  });
  try {
    return await Promise.race([proxiesOf(words, commands, streams), late]);
  } catch {
    // Whatever is wrong is told by the command itself, once it runs.
    return [];
  } finally {
    clearTimeout(timer);
  }
}

async function proxiesOf(
  words: readonly string[],
  commands: readonly CompletableCommand[],
  streams: Streams,
): Promise<readonly string[]> {
  const mesh = await openMesh(sourceFlagsOf(words, commands), streams);
  try {
    const ids = await mesh.proxies();
    return ids.map(proxyName);
  } finally {
    await mesh.close();
  }
}

/** The flags of the line that name a source; the line is not finished, so nothing of it is checked. */
function sourceFlagsOf(words: readonly string[], commands: readonly CompletableCommand[]): SourceFlags {
  const flags = Object.fromEntries(commands.flatMap((command) => Object.entries(command.flags)));
  const { argv, booleans } = normalArguments(words.slice(0, -1), flags);
  const valueOf = (name: string): string | undefined =>
    argv.findLast((word) => word.startsWith(`--${name}=`))?.slice(name.length + '--='.length);
  const file = valueOf('file');
  return {
    file: file === undefined ? undefined : [file],
    snapshot: valueOf('snapshot'),
    sample: valueOf('sample') ?? booleans.get('sample'),
    admin: valueOf('admin'),
    context: valueOf('context'),
    kubeconfig: valueOf('kubeconfig'),
    namespace: valueOf('namespace'),
    as: valueOf('as'),
    'proxy-admin-port': 15000,
    timeout: PATIENCE_MS,
    concurrency: 1,
    via: 'port-forward',
  };
}
