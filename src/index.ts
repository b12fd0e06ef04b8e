/** mctl as a library: open a mesh, ask what becomes of requests, judge expectations. See docs/api.md. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { CheckRequest } from './lib/check/check-file';
import { queryOf } from './lib/check/check-request';
import { CoverageCollector } from './lib/check/coverage';
import { parseCheckFile } from './lib/check/parse-check-file';
import { type CheckReport, reportOf } from './lib/check/result';
import { runChecks } from './lib/check/run-checks';
import type { Finding } from './lib/lint/finding';
import { lint as lintConfig } from './lib/lint/lint';
import { Mesh } from './lib/session/mesh';
import type { KubernetesOptions } from './lib/source/kubernetes-options';
import type { Trace } from './lib/trace/model';

export type { CheckRequest } from './lib/check/check-file';
export type { Coverage, Covered } from './lib/check/coverage';
export { type HopExpectation, type TraceExpectation, type Unmet, unmetExpectations } from './lib/check/expectation';
export type { CheckReport, CheckResult } from './lib/check/result';
export { ExitCode, InputError, MctlError, UnavailableError, UsageError } from './lib/errors';
export type { Finding } from './lib/lint/finding';
export { Mesh } from './lib/session/mesh';
export type { SessionTraceOptions, Tracer } from './lib/session/trace-session';
export type * from './lib/trace/model';

/** What a source that holds many proxies may be told. */
export interface LoadOptions {
  /** Namespace of targets that are named without one. */
  readonly namespace?: string;
  /** Called with remarks, such as which replica of several was taken. */
  readonly onNote?: (line: string) => void;
}

const silent = (): void => undefined;

/** Opens a captured mesh. Throws UnavailableError where there is none, InputError where the directory is no snapshot. */
export async function loadSnapshot(directory: string, options: LoadOptions = {}): Promise<Mesh> {
  const { openSnapshot } = await import('./lib/source/snapshot.js');
  const { namespace = null, onNote = silent } = options;
  return new Mesh(await openSnapshot(directory, { namespace, selector: null, note: onNote }));
}

/** Opens the bookinfo mesh that ships with mctl. */
export async function loadSample(options: LoadOptions = {}): Promise<Mesh> {
  return await loadSnapshot(join(__dirname, '..', 'sample'), options);
}

/** Opens one proxy's saved /config_dump, and /clusters?format=json where it is given, too. */
export async function loadFiles(...paths: readonly string[]): Promise<Mesh> {
  const { openFiles } = await import('./lib/source/file.js');
  return new Mesh(await openFiles(paths, () => Readable.from([])));
}

/** Opens an Envoy's admin address. */
export async function loadAdmin(url: string, options: { readonly idleTimeoutMs?: number } = {}): Promise<Mesh> {
  const { openAdmin } = await import('./lib/source/admin.js');
  return new Mesh(openAdmin(url, { idleTimeoutMs: options.idleTimeoutMs ?? 15_000, showRequest: null }));
}

/** Opens the cluster of the kubeconfig, as the usual rules find it, or of the pod that this runs in. */
export async function loadCluster(
  options: LoadOptions & Partial<Omit<KubernetesOptions, 'namespace' | 'note'>> = {},
): Promise<Mesh> {
  const { openKubernetes } = await import('./lib/source/kubernetes/kubernetes-source.js');
  const { namespace = null, onNote = silent, ...given } = options;
  return new Mesh(
    await openKubernetes({
      kubeconfig: null,
      context: null,
      istioNamespace: null,
      as: null,
      asUid: null,
      asGroups: [],
      adminPort: 15_000,
      idleTimeoutMs: 15_000,
      selector: null,
      via: 'port-forward',
      showRequest: null,
      ...given,
      namespace,
      note: onNote,
    }),
  );
}

/** A request as a check file has it, and the proxy that sends it: by default the mesh's only one. */
export interface TraceRequest extends CheckRequest {
  readonly proxy?: string;
}

/**
 * What Envoy would do with a request, as `mctl pc trace -o json` says it. Throws UsageError for a request that cannot be
 * understood, UnavailableError where the proxy cannot be had.
 */
export async function trace(mesh: Mesh, request: TraceRequest): Promise<Trace> {
  const { proxy, ...asked } = request;
  const tracer = await mesh.open(proxy);
  const { allBranches = false, explain = false } = asked;
  return await tracer.trace(queryOf(asked), { allBranches, explain });
}

/** What a proxy's configuration holds that can never match or leads nowhere. */
export async function lint(mesh: Mesh, proxy?: string): Promise<readonly Finding[]> {
  return lintConfig((await mesh.open(proxy)).config);
}

export interface CheckOptions {
  /** The file's name in the report. */
  readonly label?: string;
  /** Variables for `${NAME}`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Tell which virtual hosts, routes and clusters no check meets. */
  readonly coverage?: boolean;
}

/** Judges a check file's text against a mesh, whatever source the file names. Throws InputError for a file that is none. */
export async function check(mesh: Mesh, text: string, options: CheckOptions = {}): Promise<CheckReport> {
  const { label = 'checks', environment = {}, coverage = false } = options;
  const { checks } = parseCheckFile(label, text, environment);
  const collector = new CoverageCollector();
  const results = await runChecks(checks, async (one) => await mesh.open(one.proxy ?? undefined), {
    bail: null,
    keepTraces: true,
    onResult: (result) => {
      if (result.trace !== null) collector.add(result.trace);
    },
  });
  if (!coverage) return reportOf(results, null);
  const proxies = (await mesh.opened()).map(({ proxy, config }) => [proxy ?? config.dump.label, config] as const);
  return reportOf(results, collector.of(new Map(proxies)));
}
