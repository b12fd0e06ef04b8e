/** The Envoy of one pod of a cluster, as a source of its configuration. */
import { wordFor } from '../../caller';
import { InputError, MctlError, UnavailableError } from '../../errors';
import { type ProxyId, proxyName } from '../../proxy-id';
import { type AdminChannel, AdminClient, AdminRefusal, ConnectionLost, Silence } from '../admin-client';
import { CLUSTERS_PATH, configDumpPaths } from '../admin-requests';
import type { KubernetesOptions } from '../kubernetes-options';
import type { Body, DumpRequest, LivePod, ProxySource } from '../source';
import { isSilent, soon, whatIsGone } from './aftermath';
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import { EitherChannel } from './either-channel';
import { ExecChannel } from './exec-channel';
import { podIptables } from './iptables';
import { livePod } from './live-pod';
import { type PodState, podState } from './pod-state';
import { type PodSocket, PortRefused } from './pod-socket';
import { dialPod, PodAgent, podPath } from './port-forward';

/** What is known of a pod when it is opened. */
export type KnownOfPod =
  /** The Pod as the API server sent it; null where it may not be read. */
  | { readonly object: unknown }
  /** A connection to its admin port; the pod was not looked up. */
  | { readonly socket: PodSocket };

export class PodProxy implements ProxySource {
  readonly label: string;
  readonly id: ProxyId;
  readonly #api: ApiServer;
  readonly #options: KubernetesOptions;
  /** Null where pods may not be read, or this one was not looked up. */
  #object: unknown;
  #state: PodState | null;
  #isLookedUp: boolean;
  readonly #channel: AdminChannel;

  constructor(api: ApiServer, id: ProxyId, known: KnownOfPod, options: KubernetesOptions) {
    this.label = `pod ${proxyName(id)}`;
    this.id = id;
    this.#api = api;
    this.#options = options;
    const object = 'object' in known ? known.object : null;
    this.#isLookedUp = 'object' in known;
    this.#object = object;
    this.#state = object === null ? null : podState(object);
    this.#channel = this.#open('socket' in known ? known.socket : null);
  }

  get pod(): LivePod {
    return livePod(this.#api, this.id, this.#object, this.#options.idleTimeoutMs);
  }

  /** Whether an Istio proxy runs in the pod, as far as is known. */
  get hasProxy(): boolean {
    return this.#state?.hasProxy !== false;
  }

  configDump(request: DumpRequest): Promise<Body> {
    return Promise.resolve(this.#body(configDumpPaths(request)));
  }

  clusters(): Promise<Body> {
    return Promise.resolve(this.#body([CLUSTERS_PATH]));
  }

  serverInfo(): Promise<Body> {
    return Promise.resolve(this.#body(['/server_info']));
  }

  async iptables(): Promise<string | null> {
    await this.#lookUp();
    return await podIptables(this.#api, this.id, this.#object, this.#options);
  }

  async admin(method: 'GET' | 'POST', path: string): Promise<Body> {
    try {
      this.requireRunning();
      return await this.#channel.send(method, path);
    } catch (error) {
      throw await this.#told(error);
    }
  }

  async close(): Promise<void> {
    await this.#channel.close();
  }

  /** Throws UnavailableError where the pod cannot be asked anything. */
  requireRunning(): void {
    const { obstacle } = this;
    if (obstacle !== null) throw obstacle;
    if (this.#options.via === 'exec' && !this.hasProxy) throw this.#noProxy('--via exec runs pilot-agent in it');
  }

  /** Why the pod cannot be asked anything; null where nothing is known to be in the way. */
  get obstacle(): UnavailableError | null {
    const obstacle = this.#state?.obstacle ?? null;
    return obstacle === null
      ? null
      : new UnavailableError(`${this.label} ${obstacle.because}`, { hint: obstacle.hint });
  }

  /** Looks up a pod that was connected to without: what it is like explains a failure. */
  async #lookUp(): Promise<void> {
    if (this.#isLookedUp) return;
    this.#isLookedUp = true;
    this.#object = await this.#api.get(podPath(this.id)).catch(() => null);
    this.#state = this.#object === null ? null : podState(this.#object);
  }

  #open(first: PodSocket | null): AdminChannel {
    const { via, adminPort, idleTimeoutMs, showRequest, note } = this.#options;
    const options = { idleTimeoutMs, showRequest, name: this.label };
    const forward = (): AdminChannel => {
      const agent = new PodAgent(() => dialPod(this.#api, this.id, adminPort), first);
      return new AdminClient(new URL(`http://localhost:${adminPort}`), { ...options, agent });
    };
    const exec = (): AdminChannel => new ExecChannel(this.#api, this.id, { ...options, adminPort });
    switch (via) {
      case 'port-forward':
        return forward();
      case 'exec':
        return exec();
      case 'auto':
        return new EitherChannel(forward(), exec(), (error) => {
          if (error instanceof Silence) this.#api.fellSilent();
          note(`Asking ${this.label} by exec: ${error.message}`);
        });
    }
  }

  #body(paths: readonly string[]): Body {
    const body = this.#channel.body(paths);
    return { label: body.label, chunks: () => this.#chunks(body) };
  }

  async *#chunks(body: Body): AsyncGenerator<Uint8Array> {
    let hasBegun = false;
    try {
      this.requireRunning();
      for await (const chunk of body.chunks()) {
        hasBegun = true;
        yield chunk;
      }
    } catch (error) {
      const isAnswered = !this.#api.isSilent && (await soon(this.#api, this.#lookUp())) !== null;
      // Of a pod that was not looked up before, what was in the way from the beginning is told, and no loss that comes of it.
      throw hasBegun ? await this.#told(error, isAnswered) : (this.obstacle ?? (await this.#told(error, isAnswered)));
    }
  }

  /** A failure, and after a loss what a second look at the cluster says of it. */
  async #told(error: unknown, isAnswered = true): Promise<unknown> {
    const explained = this.#explained(error);
    if (!(explained instanceof ConnectionLost)) return explained;
    const gone = isAnswered ? await whatIsGone(this.#api, this.id, this.#object) : isSilent(this.#api);
    if (gone === null) return explained;
    return new ConnectionLost(explained.message, { cause: explained, hint: `${gone} Try again, or name another pod.` });
  }

  /** A failure in the light of what is known of the pod. */
  #explained(error: unknown): unknown {
    const { adminPort } = this.#options;
    if (error instanceof MctlError && error.cause instanceof PortRefused) {
      const nothing = `nothing listens on its port ${adminPort}`;
      if (!this.hasProxy) return this.#noProxy(nothing);
      const trouble = this.#state?.proxyTrouble ?? null;
      const hint =
        trouble === null
          ? "Is Envoy's admin port another? --proxy-admin-port sets it; --via exec works without one."
          : `Its container istio-proxy ${trouble}: kubectl logs ${this.id.name} -n ${this.id.namespace} -c istio-proxy tells more.`;
      // The runtime's own words are long, and come last.
      return new UnavailableError(`${this.label}: ${nothing}`, {
        cause: error,
        hint: `${hint} The runtime says: ${error.cause.message}`,
      });
    }
    if (error instanceof ApiRefusal && error.status === 404 && this.#object === null) return this.#missing(error);
    const isNoEnvoy = error instanceof AdminRefusal || error instanceof InputError;
    if (!isNoEnvoy || error instanceof ApiRefusal) return error;
    if (!this.hasProxy) return this.#noProxy(error.message, error);
    const hint = `Something answers on port ${adminPort} of the pod, but is it Envoy's admin interface? ${wordFor('adminPort')} sets the port.`;
    return error instanceof InputError
      ? new InputError(error.message, { cause: error, hint })
      : new AdminRefusal(error.message, { cause: error, hint });
  }

  /** Who may not read pods learns only now that there is none. */
  #missing(error: ApiRefusal): UnavailableError {
    const { name, namespace } = this.id;
    return new UnavailableError(`pod "${name}" not found in namespace "${namespace}"`, {
      cause: error,
      hint: `Pods may not be read (the verb "get" on pods is missing), so those that there are cannot be named. Is the namespace right? Another is named with ${wordFor('namespace')}, or as NAME.NAMESPACE.`,
    });
  }

  #noProxy(because: string, cause?: InputError | AdminRefusal): UnavailableError | InputError {
    const containers = this.#state?.containers.join(', ') ?? '';
    const message = `${this.label} has no istio-proxy container (its containers: ${containers}), and ${because}`;
    const options = {
      cause,
      hint: `Is injection on (kubectl get namespace ${this.id.namespace} --show-labels), and is the pod younger than that?`,
    };
    return cause instanceof InputError ? new InputError(message, options) : new UnavailableError(message, options);
  }
}
