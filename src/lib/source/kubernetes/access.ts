/** The way to a cluster's API server: its address, and the TLS, proxy and credentials of every request. */
import { wordFor } from '../../caller';
import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent, type RequestOptions } from 'node:https';
import { InputError, UnavailableError, UsageError } from '../../errors';
import { readError } from '../../files/file-error';
import { field, textOrEmpty } from '../json-fields';
import type { KubernetesOptions } from '../kubernetes-options';
import type { Client, KubeConfig } from './client';
import { type ChosenContext, chooseContext, type KubeconfigCluster, type KubeconfigUser } from './kubeconfig';
import { type ProxyOnTheWay, proxyOnTheWay, tellProxyFailures } from './proxy-on-the-way';

export interface ClusterAccess {
  /** The address that the context gives; paths are appended. */
  readonly server: URL;
  readonly context: string;
  readonly user: string;
  /** As given with -n, else the context's own, else `default`. */
  readonly namespace: string;
  readonly agent: PlainAgent;
  /** What requests go through; null where they go straight to the server. */
  readonly proxy: ProxyOnTheWay | null;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Finds the cluster and its credentials. Throws UnavailableError, InputError and UsageError; asks the cluster nothing. */
export async function openAccess(client: Client, options: KubernetesOptions): Promise<ClusterAccess> {
  if (options.as === null && (options.asUid !== null || options.asGroups.length > 0)) {
    throw new UsageError('--as-uid and --as-group need --as: a group alone cannot be impersonated');
  }
  const chosen = await chooseContext(client, options);
  const server = serverOf(chosen);
  const proxy = proxyOnTheWay(server, chosen.cluster.proxyUrl, chosen.name);
  const config = configOf(client, chosen, server, proxy);
  const request = await credentials(config, chosen);
  return {
    server,
    context: chosen.name,
    user: chosen.user.name,
    namespace: options.namespace ?? chosen.namespace ?? 'default',
    agent: proxy === null ? agentOf(server, request) : proxied(request, options.idleTimeoutMs),
    proxy,
    headers: { ...headersOf(request), ...impersonation(options, chosen) },
  };
}

function serverOf({ cluster, name }: ChosenContext): URL {
  // kubectl takes an address without a scheme for http.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(cluster.server) ? cluster.server : `http://${cluster.server}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new InputError(`context "${name}": the server "${cluster.server}" is no http or https address`, {
    hint: 'Correct the server of the cluster in the kubeconfig.',
  });
}

/** A KubeConfig of the chosen context alone, with what client-node needs to do as kubectl does. */
function configOf(
  client: Client,
  { name, cluster, user, rawUser }: ChosenContext,
  server: URL,
  proxy: ProxyOnTheWay | null,
): KubeConfig {
  const completed: KubeconfigCluster = {
    ...cluster,
    server: server.href,
    // client-node asks for this where the address is http.
    skipTLSVerify: server.protocol === 'http:' || cluster.skipTLSVerify,
    ...(proxy === null ? {} : { proxyUrl: proxy.url.href }),
  };
  const config = new client.KubeConfig();
  config.loadFromOptions({
    clusters: [completed],
    users: [withTokenFile(withExecInfo(user, { ...completed, server: cluster.server }), rawUser.tokenFile)],
    contexts: [{ name, cluster: cluster.name, user: user.name }],
    currentContext: name,
  });
  return config;
}

function withTokenFile(user: KubeconfigUser, tokenFile: string | undefined): KubeconfigUser {
  if (tokenFile === undefined) return user;
  // A token beside the file gives way to it, as in Go's client.
  return { ...user, token: '', authProvider: { name: 'tokenFile', config: { tokenFile } } };
}

/**
 * What a credential plug-in is told of the cluster.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
 */
function withExecInfo(user: KubeconfigUser, cluster: KubeconfigCluster): KubeconfigUser {
  const exec = user.exec as { apiVersion?: string; env?: unknown; provideClusterInfo?: boolean } | null | undefined;
  if (exec === null || exec === undefined) return user;
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true
        ? {
            cluster: {
              server: cluster.server,
              'tls-server-name': cluster.tlsServerName,
              'insecure-skip-tls-verify': cluster.skipTLSVerify,
              'certificate-authority-data': cluster.caData,
              'proxy-url': cluster.proxyUrl,
            },
          }
        : {}),
    },
  };
  const variable = { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) };
  return { ...user, exec: { ...exec, env: [...(Array.isArray(exec.env) ? (exec.env as unknown[]) : []), variable] } };
}

async function credentials(config: KubeConfig, { name, user }: ChosenContext): Promise<RequestOptions> {
  const request: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(request);
    return request;
  } catch (error) {
    const { code, path = '', syscall = '' } = error as NodeJS.ErrnoException;
    if (syscall === 'open' && code !== undefined) {
      throw readError(path, error, `Context "${name}" of the kubeconfig names this file.`);
    }
    throw credentialError(error as Error, name, user);
  }
}

/** What a credential plug-in or provider said when it gave no credentials. */
function credentialError(error: Error, context: string, user: KubeconfigUser): UnavailableError {
  const command = textOrEmpty(field(user.exec, 'command'));
  const [line = ''] = error.message.trim().split('\n');
  const install = textOrEmpty(field(user.exec, 'installHint')).trim().split('\n')[0] ?? '';
  const from = command === '' ? 'its credentials' : `the credential plug-in ${command}`;
  const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new UnavailableError(`context "${context}", user "${user.name}": ${from} failed: ${line}`, {
    cause: error,
    hint:
      isAbsent && install !== ''
        ? install
        : `Log in again, or choose another context with ${wordFor('context')}; kubectl --context ${context} get pods asks the same way.`,
  });
}

/** The agent that client-node made for the proxy. */
function proxied({ agent }: RequestOptions, idleTimeoutMs: number): PlainAgent {
  if (!(agent instanceof PlainAgent)) throw new Error('the client made no agent for the proxy');
  tellProxyFailures(agent, idleTimeoutMs);
  // client-node makes the agent without keep-alive, and one invocation should be one connection.
  return Object.assign(agent, { keepAlive: true });
}

function agentOf(server: URL, request: RequestOptions): PlainAgent {
  if (server.protocol === 'http:') return new PlainAgent({ keepAlive: true });
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = request;
  const given = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return new SecureAgent({ ...options, keepAlive: true });
}

function headersOf({ auth, headers = {} }: RequestOptions): Record<string, string> {
  const given = Object.entries(headers as Readonly<Record<string, string | undefined>>).flatMap(([name, value]) =>
    // A token that was read from a file may end in a newline.
    value === undefined ? [] : [[name, value.trim()] as const],
  );
  const basic = typeof auth === 'string' ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...Object.fromEntries(given), ...basic };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation(
  { as, asUid, asGroups }: KubernetesOptions,
  { rawUser }: ChosenContext,
): Record<string, string | readonly string[]> {
  const uid = as === null ? rawUser.asUid : (asUid ?? undefined);
  const groups = as === null ? rawUser.asGroups : asGroups;
  return {
    ...(as === null ? {} : { 'Impersonate-User': as }),
    ...(uid === undefined ? {} : { 'Impersonate-Uid': uid }),
    ...(groups === undefined || groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
  };
}
