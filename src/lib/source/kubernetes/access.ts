/** The way to a cluster's API server: its address, and the TLS, proxy and credentials of every request. */
import { wordFor } from '../../caller';
import { Agent as PlainAgent, validateHeaderValue } from 'node:http';
import { Agent as SecureAgent, type RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { InputError, UnavailableError, UsageError } from '../../errors';
import { readError } from '../../files/file-error';
import { field, textOrEmpty } from '../../json-fields';
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
  /** Closes what is kept open for further requests. */
  close(): void;
  /** What requests go through; null where they go straight to the server. */
  readonly proxy: ProxyOnTheWay | null;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Gets credentials anew after the API server refused those that were sent, as a token expires in the middle of a long run.
   * False where they cannot be others: a token or a certificate that stands in the kubeconfig.
   * @param refused the headers that were sent
   */
  renew(refused: ClusterAccess['headers']): Promise<boolean>;
}

/** Finds the cluster and its credentials. Throws UnavailableError, InputError and UsageError; asks the cluster nothing. */
export async function openAccess(client: Client, options: KubernetesOptions): Promise<ClusterAccess> {
  if (options.as === null && (options.asUid !== null || options.asGroups.length > 0)) {
    throw new UsageError('--as-uid and --as-group need --as: a group alone cannot be impersonated');
  }
  const chosen = chooseContext(client, options);
  const server = serverOf(chosen);
  const proxy = proxyOnTheWay(server, chosen.cluster.proxyUrl, chosen.name);
  const cluster = { ...chosen.cluster, ...(proxy === null ? {} : { proxyUrl: proxy.url.href }) };
  const login = async (isRefused: boolean): Promise<Credentials> => {
    const user = await loggedIn({ ...chosen, cluster }, isRefused, options);
    const request = await credentials(configOf(client, { ...chosen, cluster, user }, server), chosen);
    checkCertificates(request, chosen);
    const agent = proxy === null ? agentOf(server, request) : proxied(request, options.idleTimeoutMs);
    const certificate = JSON.stringify(request.cert ?? null);
    const headers = { ...headersOf(request), ...impersonation(options, chosen) };
    checkHeaders(headers, chosen);
    return { agent, certificate, headers };
  };
  return new Access({ server, chosen, options, proxy, login, first: await login(false) });
}

interface Credentials {
  readonly agent: PlainAgent;
  /** What tells one client certificate from another. */
  readonly certificate: string;
  readonly headers: ClusterAccess['headers'];
}

interface AccessParts {
  readonly server: URL;
  readonly chosen: ChosenContext;
  readonly options: KubernetesOptions;
  readonly proxy: ProxyOnTheWay | null;
  readonly login: (isRefused: boolean) => Promise<Credentials>;
  readonly first: Credentials;
}

class Access implements ClusterAccess {
  readonly server: URL;
  readonly context: string;
  readonly user: string;
  readonly namespace: string;
  readonly proxy: ProxyOnTheWay | null;
  readonly #login: AccessParts['login'];
  readonly #canRenew: boolean;
  /** The last is the one in use. */
  readonly #agents: [PlainAgent, ...PlainAgent[]];
  #headers: ClusterAccess['headers'];
  #certificate: string;
  #renewal: Promise<boolean> | null = null;

  constructor({ server, chosen, options, proxy, login, first }: AccessParts) {
    const { user, rawUser } = chosen;
    this.server = server;
    this.context = chosen.name;
    this.user = user.name;
    this.namespace = options.namespace ?? chosen.namespace ?? 'default';
    this.proxy = proxy;
    this.#agents = [first.agent];
    this.#headers = first.headers;
    this.#certificate = first.certificate;
    this.#login = login;
    this.#canRenew = [user.exec, user.authProvider, rawUser.tokenFile].some((one) => one !== undefined && one !== null);
  }

  get agent(): PlainAgent {
    return this.#agents.at(-1) ?? this.#agents[0];
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  get headers(): ClusterAccess['headers'] {
    return this.#headers;
  }

  async renew(refused: ClusterAccess['headers']): Promise<boolean> {
    if (!this.#canRenew) return false;
    // Of several requests that were refused at once the first gets new credentials for all.
    if (this.#headers !== refused) return true;
    this.#renewal ??= this.#renewed().finally(() => {
      this.#renewal = null;
    });
    return await this.#renewal;
  }

  async #renewed(): Promise<boolean> {
    const { agent, certificate, headers } = await this.#login(true);
    const isOther = JSON.stringify(headers) !== JSON.stringify(this.#headers) || certificate !== this.#certificate;
    this.#certificate = certificate;
    // What is under way on the old one's connections ends there.
    this.#agents.push(agent);
    this.#headers = headers;
    return isOther;
  }
}

/** A user whose OpenID Connect token holds, or with what a credential plug-in gave; any other as it is. */
async function loggedIn(
  chosen: ChosenContext,
  isRefused: boolean,
  options: KubernetesOptions,
): Promise<KubeconfigUser> {
  const { user, name, cluster } = chosen;
  if (user.exec !== undefined && user.exec !== null) {
    const { withPluginCredentials } = await import('./credential-plugin.js');
    try {
      return await withPluginCredentials(user, cluster);
    } catch (error) {
      throw credentialError(error as Error, name, user);
    }
  }
  if (textOrEmpty(field(user.authProvider, 'name')) !== 'oidc') return user;
  const { withIdToken } = await import('./oidc-user.js');
  return await withIdToken(chosen, isRefused, options);
}

function serverOf({ cluster, name }: ChosenContext): URL {
  // kubectl takes an address without a scheme for http.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(cluster.server) ? cluster.server : `http://${cluster.server}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) {
    // What comes behind the path is never sent, as with Go's client.
    url.search = url.hash = '';
    return url;
  }
  throw new InputError(`context "${name}": the server "${cluster.server}" is not an http or https address`, {
    hint: 'Correct the server of the cluster in the kubeconfig.',
  });
}

/** A KubeConfig of the chosen context alone, with what client-node needs to do as kubectl does. */
function configOf(client: Client, { name, cluster, user, rawUser }: ChosenContext, server: URL): KubeConfig {
  const completed: KubeconfigCluster = {
    ...cluster,
    server: server.href,
    // client-node asks for this where the address is http.
    skipTLSVerify: server.protocol === 'http:' || cluster.skipTLSVerify,
  };
  const config = new client.KubeConfig();
  config.loadFromOptions({
    clusters: [completed],
    users: [withTokenFile(user, rawUser.tokenFile)],
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

/** Throws where a certificate or a key of the kubeconfig is none. */
function checkCertificates({ ca, cert, key, pfx, passphrase }: RequestOptions, { name, user }: ChosenContext): void {
  if ([ca, cert, key, pfx].every((one) => one === undefined)) return;
  try {
    // Without authorities Node would load its own for this.
    createSecureContext({ ca: ca ?? [], cert, key, pfx, passphrase });
  } catch (error) {
    throw new InputError(
      `context "${name}", user "${user.name}": a certificate or key is none: ${(error as Error).message}`,
      {
        cause: error,
        hint: 'Correct the certificates and keys of the cluster and the user in the kubeconfig, and the files that it names.',
      },
    );
  }
}

/** Throws where credentials hold what no header can: a token with a newline or a letter beyond Latin-1 in it. */
function checkHeaders(headers: ClusterAccess['headers'], { name, user }: ChosenContext): void {
  for (const [header, value] of Object.entries(headers)) {
    try {
      for (const one of [value].flat()) validateHeaderValue(header, one);
    } catch {
      throw new InputError(
        `context "${name}", user "${user.name}": what is to be sent as ${header} holds a character that no header can`,
        {
          hint: 'Correct the token of the user in the kubeconfig, or what --as names: each is one line of text.',
        },
      );
    }
  }
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
