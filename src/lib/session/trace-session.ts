/** Traces against one open mesh: each proxy is opened and read once, when a walk first comes to it. */
import { pieceAt } from '../envoy/dump-pointer';
import type { ProxyConfig } from '../envoy/proxy-config';
import { type Watcher, watching } from '../match/watch';
import { MctlError } from '../errors';
import { NeedsObjects } from '../mesh/asked-objects';
import { type ProxyId, proxyName } from '../proxy-id';
import type { MeshSource, ProxySource } from '../source/source';
import { summarized } from '../explain/summary/summary';
import { type ExplainOptions, NEAREST } from '../trace/explain-options';
import type { Hop, Trace, TraceFacts } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import { trace, type Traced } from '../trace/trace';
import { NeedsProxy, type KnownMesh } from '../trace/known-mesh';
import type { ZtunnelIndex } from '../mesh/ztunnel-index';
import { isWithoutEnvoy, loadZtunnelIndex, openCaller, withoutEnvoy } from './ambient';
import { loadProxyConfig } from './load';
import { MeshBook } from './mesh-book';
import { ReplicasRead } from './replicas-read';

export interface SessionTraceOptions {
  /** Walk every way that chance can take. */
  readonly allBranches: boolean;
  /** Leave other endpoints of the same cluster out of them: for who asks for one proxy alone. */
  readonly butEndpoints?: boolean | undefined;
  /** Keep every rejected candidate. */
  readonly explain: boolean;
  /** Keep none: for who only asks how requests end, and asks for many. */
  readonly quiet?: boolean | undefined;
  /** Makes who watches what is asked of the request: one for each attempt, as a walk that must fetch begins anew. */
  readonly watch?: (() => Watcher) | undefined;
}

type WalkOptions = SessionTraceOptions & Pick<ExplainOptions, 'isBare'>;

/** One proxy, ready to be asked about requests. */
export interface Tracer {
  /** `pod.namespace`; null where nobody knows. */
  readonly proxy: string | null;
  readonly config: ProxyConfig;
  trace(query: TraceQuery, options: SessionTraceOptions): Promise<Trace>;
  /** The same before it is put into words, for who asks thousands of questions and reads no sentence. */
  facts(query: TraceQuery, options: SessionTraceOptions): Promise<TraceFacts>;
  /** The piece of a hop's dump that a step's pointer means; undefined where it cannot be had. */
  pieceOf(hop: Hop, pointer: string): unknown;
  /** What is known of a proxy by the name that a hop gives it; null where its configuration was not read. */
  configOf(proxy: string | null): ProxyConfig | null;
}

/** What is known of a proxy that a walk came to. */
interface Known {
  readonly config: ProxyConfig | null;
  readonly iptables: string | null;
  /** Why there is no configuration. */
  readonly missing: string | null;
}

/** Of proxies that can be read again at no cost, so many are kept between two traces. */
const MOST_KEPT = 128;

/** A walk goes back for configurations no more often than this. */
const MOST_FETCHES = 64;

interface SessionOptions {
  /** The clock that certificates are judged by; null where it is not to be judged, which is the default of saved proxies. */
  readonly now?: Date | null;
  /** Of how many proxies that can be read again at no cost the configurations are kept between two traces. */
  readonly kept?: number;
}

/** When a snapshot was captured; null for one that says no time, and for what cannot say: a plain file, running proxies. */
export async function savedAt(mesh: MeshSource): Promise<Date | null> {
  const time = Date.parse((await mesh.capturedAt?.()) ?? '');
  return Number.isNaN(time) ? null : new Date(time);
}

/** Traces over one open mesh, whose configurations are read where a walk comes to them. */
export class TraceSession {
  readonly #mesh: MeshSource;
  readonly #now: Date | null;
  readonly #kept: number;
  #captured: Promise<Date | null> | undefined;
  /** When a walk last came to a proxy, in walks. */
  readonly #used = new Map<string, number>();
  #walks = 0;
  readonly #known = new Map<string, Known>();
  readonly #fetching = new Map<string, Promise<void>>();
  /** Traces under way, from which nothing is taken. */
  #running = 0;
  readonly #replicas: ReplicasRead;
  readonly #book: MeshBook;
  readonly #ztunnels = new Map<string, Promise<ZtunnelIndex | null>>();
  /** Whether a caller has no Envoy, so that ztunnels must be known. */
  #isAmbient = false;

  /** @param mesh an open source; who opened it closes it */
  constructor(mesh: MeshSource, { now, kept = MOST_KEPT }: SessionOptions = {}) {
    this.#mesh = mesh;
    this.#book = new MeshBook(mesh, async (source) => await this.#ztunnelsOf(source));
    this.#now = now === undefined ? (mesh.live === true ? new Date() : null) : now;
    this.#kept = kept;
    this.#replicas = new ReplicasRead(kept);
  }

  /** Opens the proxy that a target names. */
  async open(target: string | undefined): Promise<Tracer> {
    const found = await openCaller(this.#mesh, target);
    return 'proxy' in found ? await this.tracer(found.proxy) : await this.#ambientTracer(found.pod);
  }

  /** Makes a proxy ready that is open already. */
  async tracer(proxy: ProxySource): Promise<Tracer> {
    const { config, iptables } = await this.#loadOnce(proxy);
    return this.#tracerOf(config, iptables);
  }

  /** A pod without an Envoy, whose requests ztunnels take, or nobody. */
  async #ambientTracer(pod: ProxyId): Promise<Tracer> {
    this.#isAmbient = true;
    return await Promise.resolve(this.#tracerOf(withoutEnvoy(pod), null));
  }

  #tracerOf(config: ProxyConfig, iptables: string | null): Tracer {
    const { id } = config;
    if (id !== null && !isWithoutEnvoy(config)) this.#known.set(proxyName(id), { config, iptables, missing: null });
    const configOf = (proxy: string | null): ProxyConfig | null =>
      proxy === null || (id !== null && proxy === proxyName(id)) ? config : (this.#known.get(proxy)?.config ?? null);
    return {
      proxy: id === null ? null : proxyName(id),
      config,
      configOf,
      trace: async (query, options) => summarized(await this.#trace(config, query, options)),
      facts: async (query, options) => (await this.#trace(config, query, { ...options, isBare: true })).trace,
      pieceOf: (hop, pointer) => {
        const own = configOf(hop.proxy);
        return own === null ? undefined : pieceAt(own.dump, pointer);
      },
    };
  }

  /** A walk may have come to it already. */
  async #loadOnce(proxy: ProxySource): Promise<{ readonly config: ProxyConfig; readonly iptables: string | null }> {
    const known = proxy.id === null ? undefined : this.#known.get(proxyName(proxy.id));
    if (known === undefined || known.config === null) return await this.#load(proxy);
    return { config: known.config, iptables: known.iptables };
  }

  async #trace(source: ProxyConfig, query: TraceQuery, options: WalkOptions): Promise<Traced> {
    if (this.#running === 0) this.#letGo();
    this.#running += 1;
    try {
      return await this.#walked(source, query, options);
    } finally {
      this.#running -= 1;
    }
  }

  /** Of a mesh of thousands of proxies not all configurations stay in memory: those that no walk came to for long go. */
  #letGo(): void {
    this.#walks += 1;
    if (this.#mesh.live === true || this.#known.size <= this.#kept) return;
    const usedAt = (name: string): number => this.#used.get(name) ?? 0;
    for (const name of [...this.#known.keys()].sort((a, b) => usedAt(a) - usedAt(b))) {
      if (this.#known.size <= this.#kept) return;
      this.#known.delete(name);
      this.#fetching.delete(name);
    }
  }

  async #walked(source: ProxyConfig, query: TraceQuery, options: WalkOptions): Promise<Traced> {
    const { allBranches, butEndpoints = false } = options;
    const limit = options.quiet === true ? 0 : options.explain ? Number.POSITIVE_INFINITY : NEAREST;
    for (let count = 0; ; count += 1) {
      const mesh = await this.#knownMesh(source);
      try {
        const explain = { limit, isBare: options.isBare === true };
        const walk = (): Traced => trace(mesh, query, { explain, allBranches, butEndpoints });
        return options.watch === undefined ? walk() : watching(options.watch(), walk);
      } catch (error) {
        if (count >= MOST_FETCHES) throw error;
        if (error instanceof NeedsObjects) await this.#book.fetch(error.needed);
        else if (error instanceof NeedsProxy)
          await Promise.all(
            error.ids.map(async (id) => {
              await this.#fetch(id);
            }),
          );
        else throw error;
      }
    }
  }

  async #knownMesh(source: ProxyConfig): Promise<KnownMesh> {
    const known = this.#known;
    const networkPoliciesIn = await this.#book.policies();
    return {
      source,
      ...(isWithoutEnvoy(source) ? { callerHasNoEnvoy: true } : {}),
      book: await this.#book.of(source),
      ztunnel: await this.#ztunnelsOf(source),
      ...(networkPoliciesIn === undefined ? {} : { networkPoliciesIn }),
      configOf: (id) => {
        const name = proxyName(id);
        this.#used.set(name, this.#walks);
        return known.get(name)?.config;
      },
      iptablesOf: (id) => known.get(proxyName(id))?.iptables,
      missing: (id) => known.get(proxyName(id))?.missing ?? null,
      now: this.#now,
      capturedAt: await (this.#captured ??= savedAt(this.#mesh)),
    };
  }

  /** A running cluster is asked for its ztunnels only where a walk comes to what they may take. */
  async #ztunnelsOf({ id }: ProxyConfig): Promise<ZtunnelIndex | null> {
    const isSure = this.#isAmbient || this.#book.hasAmbientPods;
    if (!isSure && !this.#book.hasStrangers) return null;
    // Whether there are any is asked with one request.
    const caller = isSure ? id : null;
    const key = caller === null ? '' : proxyName(caller);
    const known = this.#ztunnels.get(key) ?? loadZtunnelIndex(this.#mesh, caller);
    this.#ztunnels.set(key, known);
    return isSure ? await known : await known.catch(nullWhereUnavailable);
  }

  /** Two walks that come to the same proxy at once share one fetch. */
  async #fetch(id: ProxyId): Promise<void> {
    const name = proxyName(id);
    const running = this.#fetching.get(name) ?? this.#fetchOnce(id);
    this.#fetching.set(name, running);
    await running;
  }

  async #fetchOnce(id: ProxyId): Promise<void> {
    this.#known.set(proxyName(id), await this.#knownOf(id));
  }

  async #knownOf(id: ProxyId): Promise<Known> {
    try {
      const proxy = await this.#mesh.openProxy(id);
      if (proxy === null) return missing(`${this.#mesh.label} has no configuration of its proxy`);
      return { ...(await this.#load(proxy)), missing: null };
    } catch (error) {
      if (!(error instanceof MctlError)) throw error;
      return missing(`its configuration cannot be had: ${error.message}`);
    }
  }

  async #load(proxy: ProxySource): Promise<{ readonly config: ProxyConfig; readonly iptables: string | null }> {
    const [config, iptables] = await Promise.all([loadProxyConfig(proxy), proxy.iptables()]);
    return { config: this.#replicas.of(config), iptables };
  }
}

function missing(why: string): Known {
  return { config: null, iptables: null, missing: why };
}

/** Who cannot ask ztunnels goes without them, where no pod of ambient mode was met. */
function nullWhereUnavailable(error: unknown): null {
  if (error instanceof MctlError) return null;
  throw error;
}
