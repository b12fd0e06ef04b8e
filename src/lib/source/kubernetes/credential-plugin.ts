/**
 * Credentials that a command of the kubeconfig prints (exec), run as kubectl runs it: it is told of the cluster, may ask on a terminal
 * where there is one, and has no standard input otherwise.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import { field, listOf, textOrEmpty } from '../../json-fields';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig';

/** How much of what a plug-in prints is kept. */
const MOST_BYTES = 1 << 20;
const [STDIN, STDERR] = [0, 2];
const KIND = 'ExecCredential';

/** What went wrong, as the end of a sentence that names the plug-in. */
export class PluginFailure extends Error {}

/**
 * The user with what the plug-in gave in its place. A plug-in is waited for without an end: it may ask someone to log in.
 * Throws PluginFailure, and what spawn throws.
 * @param cluster what the plug-in is told of where the kubeconfig says so, with the server as it stands there
 */
export async function withPluginCredentials(user: KubeconfigUser, cluster: KubeconfigCluster): Promise<KubeconfigUser> {
  const status = statusOf(await output(user.exec, cluster));
  const [token, certificate, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((name) => {
    const value = field(status, name) ?? '';
    if (typeof value !== 'string') throw new PluginFailure(`the ${name} of its ${KIND} is not text`);
    return value;
  }) as [string, string, string];
  if ((certificate === '') !== (key === '')) throw new PluginFailure(`its ${KIND} has a certificate or a key alone`);
  if (token === '' && certificate === '') throw new PluginFailure(`its ${KIND} has neither a token nor a certificate`);
  const pair = { certFile: undefined, keyFile: undefined, certData: base64(certificate), keyData: base64(key) };
  return {
    ...user,
    exec: undefined,
    ...(textOrEmpty(user.token) === '' && token !== '' ? { token } : {}),
    ...(certificate === '' ? {} : pair),
  } as KubeconfigUser;
}

function statusOf(text: string): unknown {
  let printed: unknown;
  try {
    printed = JSON.parse(text);
  } catch {
    throw new PluginFailure(
      text.trim() === '' ? 'it printed nothing' : `what it printed is not JSON, and so not an ${KIND}`,
    );
  }
  const kind = textOrEmpty(field(printed, 'kind'));
  if (kind === KIND && typeof field(printed, 'status') === 'object') return field(printed, 'status');
  throw new PluginFailure(kind === KIND ? `its ${KIND} has no status` : `what it printed is not an ${KIND}`);
}

async function output(exec: unknown, cluster: KubeconfigCluster): Promise<string> {
  const command = textOrEmpty(field(exec, 'command'));
  if (command === '') throw new PluginFailure('the kubeconfig names no command');
  const mode = textOrEmpty(field(exec, 'interactiveMode'));
  const isInteractive = mode !== 'Never' && isatty(STDIN);
  if (mode === 'Always' && !isInteractive) {
    throw new PluginFailure('it asks on a terminal (interactiveMode Always), and standard input is none');
  }
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const one of listOf(field(exec, 'env'))) env[textOrEmpty(field(one, 'name'))] = textOrEmpty(field(one, 'value'));
  env['KUBERNETES_EXEC_INFO'] = told(exec, cluster, isInteractive);
  // On a terminal what it says is seen at once: a question, or where to log in.
  const isSeen = isatty(STDERR);
  return await new Promise((resolve, reject) => {
    const child = spawn(command, listOf(field(exec, 'args')).map(textOrEmpty), {
      env,
      stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', isSeen ? 'inherit' : 'pipe'],
    });
    const [printed, said] = [new Collected(), new Collected()];
    child.stdout?.on('data', (chunk: Buffer) => {
      printed.add(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said.add(chunk);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(printed.text);
      else reject(new PluginFailure(said.text.trim() || ended(code, signal)));
    });
  });
}

function ended(code: number | null, signal: string | null): string {
  return code === null ? `it was ended by ${signal ?? 'a signal'}` : `it ended with status ${code}`;
}

/** What a plug-in is told. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats */
function told(exec: unknown, cluster: KubeconfigCluster, interactive: boolean): string {
  const isTold = field(exec, 'provideClusterInfo') === true;
  return JSON.stringify({
    kind: KIND,
    apiVersion: textOrEmpty(field(exec, 'apiVersion')) || 'client.authentication.k8s.io/v1',
    spec: {
      interactive,
      ...(isTold
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
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What came, up to a bound. */
class Collected {
  readonly #parts: Buffer[] = [];
  #size = 0;

  add(chunk: Buffer): void {
    if (this.#size > MOST_BYTES) return;
    this.#size += chunk.length;
    this.#parts.push(chunk);
  }

  get text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}
