/** One kubeconfig file, with what client-node leaves out of it. */
import { dirname, isAbsolute, join } from 'node:path';
import { field, listOf, textOrEmpty } from '../../json-fields';
import type { Client, KubeConfig } from './client';
import { checkKubeconfig } from './kubeconfig-shapes';

/** Fields of a user that client-node does not read. */
export interface RawUser {
  /** A file whose content is the bearer token; absolute. */
  readonly tokenFile?: string;
  readonly asUid?: string;
  readonly asGroups?: readonly string[];
}

const EXTRA = /\b(?:tokenFile|as-uid|as-groups)\b/;

/** Reads a kubeconfig; paths in it are made absolute. Throws what the parser throws, and InputError for a field of another type. */
export function readKubeconfig(
  client: Client,
  path: string,
  text: string,
): { readonly config: KubeConfig; readonly rawUsers: ReadonlyMap<string, RawUser> } {
  const document = client.loadYaml(text);
  checkKubeconfig(path, document);
  const config = new client.KubeConfig();
  config.loadFromString(text);
  const directory = dirname(path);
  config.makePathsAbsolute(directory);
  for (const user of config.users) completeExec(user.exec, directory);
  return { config, rawUsers: EXTRA.test(text) ? rawUsers(document, directory) : new Map() };
}

/** A command with a slash in it is meant from the kubeconfig's directory; one without is looked for on the PATH. */
function completeExec(exec: unknown, directory: string): void {
  const command = textOrEmpty(field(exec, 'command'));
  if (!command.includes('/') || isAbsolute(command)) return;
  (exec as { command: string }).command = join(directory, command);
}

function rawUsers(document: unknown, directory: string): ReadonlyMap<string, RawUser> {
  return new Map(
    listOf(field(document, 'users')).map((entry) => {
      const user = field(entry, 'user');
      const tokenFile = textOrEmpty(field(user, 'tokenFile'));
      const asUid = textOrEmpty(field(user, 'as-uid'));
      const asGroups = listOf(field(user, 'as-groups')).map(textOrEmpty);
      return [
        textOrEmpty(field(entry, 'name')),
        {
          ...(tokenFile === '' ? {} : { tokenFile: isAbsolute(tokenFile) ? tokenFile : join(directory, tokenFile) }),
          ...(asUid === '' ? {} : { asUid }),
          ...(asGroups.length === 0 ? {} : { asGroups }),
        },
      ];
    }),
  );
}
