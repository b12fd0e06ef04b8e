/** An open mesh as the library gives it: its proxies, and what can be asked of each and of all. */
import type { CheckRequest } from '../lib/check/check-file';
import { queryOf } from '../lib/check/check-request';
import { type Coverage, CoverageCollector } from '../lib/check/coverage';
import { parseCheckFile } from '../lib/check/parse-check-file';
import { type CheckReport, reportOf } from '../lib/check/result';
import { runChecks } from '../lib/check/run-checks';
import { compareDumps } from '../lib/diff/compare-dumps';
import { pairProxies } from '../lib/diff/pair-proxies';
import type { ConfigurationDiff, ProxyDiff } from '../lib/diff/report';
import { DIFF_VIEWS, type DiffView } from '../lib/diff/resources';
import { redacted } from '../lib/secrets/redact';
import type { Finding } from '../lib/lint/finding';
import { lint } from '../lib/lint/lint';
import { type ProxyId, proxyName } from '../lib/proxy-id';
import type { Reach } from '../lib/reach/reach';
import type { WantedOutcomes } from '../lib/reach/wanted';
import { requireEnvoy } from '../lib/session/ambient';
import type { OpenMesh } from '../lib/session/mesh';
import type { Tracer } from '../lib/session/trace-session';
import type { Trace } from '../lib/trace/model';
import type { FilterValues } from '../lib/view/filter';
import { viewOf, type ViewName } from '../lib/view/views';

/** What a view shows; see docs/api.md. */
export interface ShownView {
  readonly header: readonly string[];
  /** The rows of istioctl's table. */
  readonly rows: readonly (readonly string[])[];
  /** The value that `-o json` prints; private keys are no part of it. */
  readonly json: object;
  /** `listener/NAME`, one for each that is shown. */
  readonly names: readonly string[];
  /** How many entries the filters left. */
  readonly count: number;
  /** What the view leaves out, and why it is empty where it is. */
  readonly notes: readonly string[];
}

/** One proxy of a mesh, read once. */
export interface Proxy {
  /** `pod.namespace`; null where nobody knows. */
  readonly name: string | null;
  /**
   * What Envoy would do with a request, as `mctl pc trace -o json` says it. Rejects with UsageError for a request that cannot be
   * understood; a request that would fail is an answer.
   */
  trace(request: CheckRequest): Promise<Trace>;
  /** A view, filtered by the flags of its command. Throws InputError where the dump lacks the section that it shows. */
  view(name: ViewName, filters?: FilterValues): ShownView;
  /** What can never match or leads nowhere. */
  lint(): readonly Finding[];
  /**
   * Every request that the proxy's application can send (a gateway: that clients can send it), in classes that end alike. Rejects
   * with UsageError for conditions that are none, and for a pod without an Envoy.
   */
  reach(question?: ReachQuestion): Promise<Reach>;
}

/** What is asked of every request: the flags of `mctl reach`. */
export interface ReachQuestion extends WantedOutcomes {
  /** Conditions that must all hold: `host=reviews`, `path=/admin*`, `!method=GET`. */
  readonly where?: readonly string[];
  /** Requests that come to the pod, from any caller, in place of those that it sends. */
  readonly mode?: 'outbound' | 'inbound';
  /** Stops at the first proxy; policies and routes of the destination's are left out. */
  readonly oneHop?: boolean;
  /** No more classes than this are made: 10,000. */
  readonly maxClasses?: number;
}

export interface CheckOptions {
  /** The file's name in the report. */
  readonly label?: string;
  /** Variables for `${NAME}`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Tell which virtual hosts, routes and clusters no check meets. */
  readonly coverage?: boolean;
}

/** An open source of proxies. Whoever opened it closes it. */
export class Mesh {
  /** What it was opened from, for messages. */
  readonly label: string;
  readonly #open: OpenMesh;

  private constructor(open: OpenMesh) {
    this.label = open.label;
    this.#open = open;
  }

  /** @internal */
  static of(open: OpenMesh): Mesh {
    return new Mesh(open);
  }

  /** The names of the proxies, `pod.namespace`; empty where the source is one proxy that only its dump names. */
  async proxies(): Promise<readonly string[]> {
    return (await this.#open.ids()).map(proxyName);
  }

  /**
   * Opens a proxy: `pod.ns`, `ns/pod`, `deploy/x.ns`, or the name of a workload; left out where there is one. Rejects with
   * UsageError where it must be named, UnavailableError where there is none such.
   */
  async proxy(target?: string): Promise<Proxy> {
    return proxyOf(await this.#open.open(target));
  }

  /** Judges a check file's text, whatever source the file names. Rejects with InputError for a text that is none. */
  async check(text: string, options: CheckOptions = {}): Promise<CheckReport> {
    const { label = 'checks', environment = {}, coverage = false } = options;
    const { checks } = parseCheckFile(label, text, environment);
    const collector = new CoverageCollector();
    const results = await runChecks(checks, async (one) => await this.#open.open(one.proxy ?? undefined), {
      bail: null,
      prover: null,
      keepTraces: true,
      onResult: (result) => {
        if (result.trace !== null) collector.add(result.trace);
      },
    });
    if (!coverage) return reportOf(results, null);
    const covered = new Map<string, Coverage>();
    for await (const { proxy, config } of this.#open.opened()) {
      const name = proxy ?? config.dump.label;
      for (const one of collector.of(new Map([[name, config]]))) covered.set(name, one);
    }
    return reportOf(results, [...covered.values()]);
  }

  /**
   * What differs in the configurations of the proxies that both meshes have; two sources of one proxy each are compared
   * whatever they are called. @param views those to compare, all where they are left out
   */
  async diff(other: Mesh, views: readonly DiffView[] = DIFF_VIEWS): Promise<ConfigurationDiff> {
    const [ours, theirs] = [await this.#open.ids(), await other.#open.ids()];
    const { pairs, onlyA, onlyB } =
      ours.length === 0 || theirs.length === 0
        ? { pairs: [[undefined, undefined] as const], onlyA: [], onlyB: [] }
        : pairProxies(ours, theirs);
    const proxies: ProxyDiff[] = [];
    for (const [one, same] of pairs) {
      const [a, b] = [await this.#open.open(nameOf(one)), await other.#open.open(nameOf(same))];
      const found = compareDumps(a.config.dump, b.config.dump, views);
      if (found.views.length + found.skipped.length > 0) proxies.push({ a: titleOf(a), b: titleOf(b), ...found });
    }
    return { compared: pairs.length, proxies, onlyA: onlyA.map(proxyName), onlyB: onlyB.map(proxyName) };
  }

  /** Lets go of files and connections. */
  async close(): Promise<void> {
    await this.#open.close();
  }
}

function nameOf(id: ProxyId | undefined): string | undefined {
  return id === undefined ? undefined : proxyName(id);
}

function titleOf({ proxy, config }: Tracer): string {
  return proxy ?? config.dump.label;
}

function proxyOf(tracer: Tracer): Proxy {
  const { proxy, config } = tracer;
  return {
    name: proxy,
    trace: async (request) => {
      const { allBranches = false, explain = false } = request;
      return await tracer.trace(queryOf(request), { allBranches, explain });
    },
    view: (name, filters = {}) => {
      const { result, warnings, remarks, whyEmpty } = viewOf(config, name, filters, new Date());
      const { table, count } = result;
      return {
        header: table.header,
        rows: table.rows,
        json: redacted(result.json()),
        names: result.names(),
        count,
        notes: [...warnings, ...remarks, ...whyEmpty],
      };
    },
    lint: () => lint(config),
    reach: async (question = {}) => await reachOf(tracer, question),
  };
}

async function reachOf(tracer: Tracer, question: ReachQuestion): Promise<Reach> {
  requireEnvoy(tracer);
  const [{ reach }, { parseWhere }, { wantedOutcomes }, { walkedBy }] = await Promise.all([
    import('../lib/reach/reach.js'),
    import('../lib/reach/where.js'),
    import('../lib/reach/wanted.js'),
    import('../lib/reach/walked-by.js'),
  ]);
  const wanted = wantedOutcomes(question);
  const where = [...(question.where ?? []), ...wanted.where].map(parseWhere);
  const { oneHop = false, maxClasses = 10_000 } = question;
  return await reach(walkedBy(tracer), {
    ...{ where, fixed: {}, inbound: question.mode === 'inbound', oneHop, most: maxClasses },
    wants: wanted.wants,
  });
}
