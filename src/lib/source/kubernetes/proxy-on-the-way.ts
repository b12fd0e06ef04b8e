/** The proxy between here and an API server: which it is, and what of a connection is its failure and not the server's. */
import type { Agent, ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { InputError } from '../../errors';
import { environmentProxy } from './environment-proxy';

/** The proxy that requests go through. */
export interface ProxyOnTheWay {
  readonly url: URL;
  /** Without its user and password, which stay out of messages. */
  readonly shown: string;
  /** What names it: `proxy-url of the kubeconfig`, `HTTPS_PROXY`. */
  readonly setBy: string;
}

/** The connection never got through the proxy: it is not there, or would not make it. */
export class ProxyFailure extends Error {}

/** What client-go takes as well: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#Cluster (proxy-url). */
const SCHEMES = /^(?:https?|socks5h?):$/;

/** The proxy of the kubeconfig's cluster, else of the environment; null for none. Throws InputError for no address. */
export function proxyOnTheWay(server: URL, proxyUrl: string | undefined, context: string): ProxyOnTheWay | null {
  const text = proxyUrl ?? environmentProxy(server, process.env);
  if (text === null || text === '') return null;
  const variable = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const setBy = proxyUrl === undefined ? `${variable} of the environment` : 'proxy-url of the kubeconfig';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !SCHEMES.test(url.protocol)) {
    throw new InputError(`context "${context}": ${setBy} is not an http, https or socks5 address`, {
      hint: 'It is written as http://HOST:PORT.',
    });
  }
  return { url, shown: `${url.protocol}//${url.host}`, setBy };
}

type Connected = (error: Error | null, socket?: Duplex | null) => void;

/** The parts of hpagent's and socks-proxy-agent's agents that make a connection through the proxy. */
interface ProxyAgent {
  createConnection(options: ClientRequestArgs, connected: Connected): unknown;
  connect?(request: unknown, options: ClientRequestArgs): Promise<Duplex>;
}

/**
 * Makes an agent that connects through a proxy throw ProxyFailure for what fails before the proxy has let it through. What
 * fails after that, TLS with the API server for one, stays as it is.
 * @param idleTimeoutMs how long the proxy may take to answer; zero means for ever
 */
export function tellProxyFailures(agent: Agent, idleTimeoutMs: number): void {
  const own = agent as unknown as ProxyAgent;
  if (own.connect !== undefined) {
    const connect = own.connect.bind(agent);
    own.connect = async (request, options) => {
      try {
        return await connect(request, options);
      } catch (error) {
        throw isOfServer(error, options) ? error : failureOf(error);
      }
    };
    return;
  }
  const create = own.createConnection.bind(agent);
  own.createConnection = (options, connected) =>
    create({ ...options, timeout: idleTimeoutMs }, (error, socket) => {
      connected(error === null ? null : failureOf(error), socket);
    });
}

/** With socks5:// the name of the API server is looked up here. */
function isOfServer(error: unknown, { host }: ClientRequestArgs): boolean {
  return (error as { hostname?: unknown }).hostname === host;
}

function failureOf(error: unknown): ProxyFailure {
  const { message, code } = error as NodeJS.ErrnoException;
  return new ProxyFailure(message || (code ?? 'no answer'), { cause: error });
}
