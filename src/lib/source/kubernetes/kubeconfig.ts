/**
 * Which cluster, by the rules of kubectl: --kubeconfig, else the files of KUBECONFIG together, else ~/.kube/config, else the
 * service account of the pod that mctl runs in.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { wordFor } from '../../caller';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { InputError, MctlError, UnavailableError } from '../../errors';
import { nearest } from '../../nearest';
import { boundedText } from '../../files/bounded-text';
import { readError } from '../../files/file-error';
import type { Client, KubeConfig } from './client';
import { type RawUser, readKubeconfig } from './kubeconfig-file';
import { addAll } from '../../lists';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';
/** Ways to do without a cluster. */
function elsewhere(): string {
  const [files, snapshot, sample] = [wordFor('files'), wordFor('snapshot'), wordFor('sample')];
  return `Without a cluster, read a saved dump with ${files}, a captured mesh with ${snapshot}, or ${sample}.`;
}

export type KubeconfigCluster = KubeConfig['clusters'][number];
export type KubeconfigUser = KubeConfig['users'][number];

/** The context that was chosen, with what it names. */
export interface ChosenContext {
  readonly name: string;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
  /** Fields of the user that client-node does not read. */
  readonly rawUser: RawUser;
  /** The kubeconfig that has the user; null for none. */
  readonly userFile: string | null;
  /** The context's own namespace; null where it has none. */
  readonly namespace: string | null;
}

/** Reads the kubeconfig and takes the context named, or the current one. Throws UnavailableError and InputError. */
export function chooseContext(
  client: Client,
  options: { readonly kubeconfig: string | null; readonly context: string | null },
): ChosenContext {
  const { files, isNamed } = kubeconfigFiles(options.kubeconfig);
  const config = merged(client, files, isNamed);
  if (config.contexts.length === 0 && !isNamed && inCluster()) {
    config.loadFromCluster();
    config.rawUsers.clear();
  }
  if (config.contexts.length === 0) throw noCluster(files);
  return taken(config, options.context, files.join(', '));
}

/** The context of a name, or the current one, with what it names. */
function taken(config: Merged, wanted: string | null, paths: string): ChosenContext {
  const name = contextName(config, wanted, paths);
  const { cluster: clusterName = '', user: userName = '', namespace = null } = config.getContextObject(name) ?? {};
  const cluster = config.getCluster(clusterName);
  if (cluster === null) throw dangling(name, 'cluster', clusterName, paths);
  const user = userName === '' ? { name: '' } : config.getUser(userName);
  if (user === null) throw dangling(name, 'user', userName, paths);
  const rawUser = config.rawUsers.get(userName) ?? {};
  return { name, cluster, user, rawUser, userFile: config.userFiles.get(userName) ?? null, namespace };
}

function kubeconfigFiles(given: string | null): { readonly files: readonly string[]; readonly isNamed: boolean } {
  if (given !== null) return { files: [given], isNamed: true };
  const list = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return { files: list.length > 0 ? list : [join(homedir(), '.kube', 'config')], isNamed: false };
}

function inCluster(): boolean {
  return (process.env['KUBERNETES_SERVICE_HOST'] ?? '') !== '' && existsSync(SERVICE_ACCOUNT);
}

type Merged = KubeConfig & { readonly rawUsers: Map<string, RawUser>; readonly userFiles: Map<string, string> };

/** The files together: of things of one name, the first counts. Files that are not there are left out, as kubectl does. */
function merged(client: Client, files: readonly string[], isNamed: boolean): Merged {
  const all: Merged = Object.assign(new client.KubeConfig(), { rawUsers: new Map(), userFiles: new Map() });
  for (const path of files) {
    const text = kubeconfigText(path, isNamed);
    if (text === null || text.trim() === '') continue;
    const one = parsed(client, path, text);
    if (!all.currentContext) all.currentContext = one.config.currentContext;
    for (const { name } of one.config.users) if (!all.userFiles.has(name)) all.userFiles.set(name, path);
    addNew(all.clusters, one.config.clusters);
    addNew(all.contexts, one.config.contexts);
    addNew(all.users, one.config.users);
    for (const [name, raw] of one.rawUsers) if (!all.rawUsers.has(name)) all.rawUsers.set(name, raw);
  }
  return all;
}

/** Read at once: the promises of `node:fs` would be loaded for it, 2 ms of a start. */
function kubeconfigText(path: string, isNamed: boolean): string | null {
  try {
    return boundedText(path, 'checks');
  } catch (error) {
    if (error instanceof MctlError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (!isNamed && (code === 'ENOENT' || code === 'ENOTDIR')) return null;
    throw readError(path, error, `It should be a kubeconfig: give another with ${wordFor('kubeconfig')}.`);
  }
}

function parsed(client: Client, path: string, text: string): ReturnType<typeof readKubeconfig> {
  try {
    return readKubeconfig(client, path, text);
  } catch (error) {
    if (error instanceof MctlError) throw error;
    // The first line only: a YAML parser shows the text around a mistake, and here it may hold a credential.
    const [line = ''] = (error as Error).message.split('\n');
    throw new InputError(`${path} is not a kubeconfig: ${line}`, {
      hint: 'kubectl config view shows what kubectl makes of it.',
    });
  }
}

function addNew<T extends { readonly name: string }>(all: T[], more: readonly T[]): void {
  const known = new Set(all.map(({ name }) => name));
  addAll(
    all,
    more.filter(({ name }) => !known.has(name)),
  );
}

function noCluster(files: readonly string[]): UnavailableError {
  const states = files.map((path) => `${path} ${existsSync(path) ? 'has no context' : 'does not exist'}`);
  return new UnavailableError(`there is no cluster to ask: ${states.join(', ')}`, {
    hint: `Give a kubeconfig with ${wordFor('kubeconfig')} or KUBECONFIG. ${elsewhere()}`,
  });
}

function contextName(config: KubeConfig, wanted: string | null, paths: string): string {
  const names = config.contexts.map(({ name }) => name);
  // client-node declares a text and leaves it undefined where the file has none.
  const current = (config.currentContext as string | undefined) ?? '';
  const name = wanted ?? current;
  if (names.includes(name)) return name;
  const some = `The contexts there are: ${names.slice(0, 10).join(', ')}.`;
  if (name === '') {
    throw new UnavailableError(`no context is chosen: ${paths} has no current-context`, {
      hint: `Give one with ${wordFor('context')}. ${some}`,
    });
  }
  const near = nearest(name, names);
  throw new UnavailableError(`context "${name}" does not exist in ${paths}`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : some,
  });
}

function dangling(context: string, kind: string, name: string, paths: string): UnavailableError {
  return new UnavailableError(`context "${context}" names the ${kind} "${name}", which ${paths} does not have`, {
    hint: `Choose another context with ${wordFor('context')}, or add the ${kind} to the kubeconfig.`,
  });
}
