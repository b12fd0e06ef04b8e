/** Saves proxies of a mesh, and what resolves its names, as a snapshot. */
import { randomBytes } from 'node:crypto';
import { InputError, MctlError } from '../errors';
import type { Below } from '../files/root';
import { checkProxyId, type ProxyId, proxyName } from '../proxy-id';
import { LIST_FILES, PROXY_FILES, ZTUNNEL_FILES } from '../source/snapshot-layout';
import type { MeshSource, ProxySource, ZtunnelSource } from '../source/source';
import type { BegunCapture, CaptureHeader } from './journal';
import { KubernetesSaver } from './kubernetes-saver';
import type { Lack } from './lack';
import { isFatal, Stopped } from './idle-limit';
import { inPool } from './pool';
import { ProxySaver } from './proxy-saver';
import { CollectingVisitor, collectFromObjects } from './redact/collect';
import { Redactor } from './redact/redactor';
import { RedactionVocabulary } from './redact/vocabulary';
import { CaptureStore } from './store';
import { addAll } from '../lists';

export interface CaptureOptions {
  readonly directory: string;
  /** Proxies at once. */
  readonly parallel: number;
  readonly gzip: boolean;
  /** Replace names and addresses. */
  readonly redact: boolean;
  /** Capture anew where there is a snapshot. */
  readonly force: boolean;
  /** Milliseconds without a byte after which something is given up; zero for never. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  readonly now: Date;
  /** The kubeconfig's context, for the manifest; null where there is none. */
  readonly context: string | null;
  /** Ztunnels to save beside the proxies; none where it is left out. */
  readonly ztunnels?: readonly ZtunnelSource[];
  /** The name of a proxy that the source does not name. */
  idOf(source: ProxySource): Promise<ProxyId | null>;
  onProgress(progress: CaptureProgress): void;
}

export interface CaptureProgress {
  readonly done: number;
  readonly total: number;
  /** The proxy that was done last; null at the beginning. */
  readonly proxy: string | null;
}

export interface CaptureResult {
  /** Proxies that the snapshot holds. */
  readonly saved: number;
  /** Those of them that an earlier run had saved. */
  readonly resumed: number;
  readonly total: number;
  readonly lacks: readonly Lack[];
  /** What was written for each name; null where nothing was replaced. */
  readonly names: ReadonlyMap<string, string> | null;
}

/** The name of a proxy that does not tell its own. */
const NAMELESS: ProxyId = { name: 'envoy', namespace: 'default' };
const NAMELESS_ZTUNNEL: ProxyId = { name: 'ztunnel', namespace: 'istio-system' };

/** A proxy with the name that it is saved under. */
type NamedProxy = { readonly id: ProxyId } & (
  | { readonly folder: 'proxies'; readonly source: ProxySource }
  | { readonly folder: 'ztunnels'; readonly source: ZtunnelSource }
);

/**
 * Captures the proxies. What cannot be had is listed in the result and stops nothing else. Throws UsageError where the
 * directory holds other things, InputError where a proxy's name can be no path, or where --force finds what mctl did not
 * write, WriteError where the directory cannot be written, UnavailableError where another capture is writing there,
 * Stopped where the signal came: then the directory can be gone on with.
 */
export async function capture(
  mesh: MeshSource,
  proxies: readonly ProxySource[],
  options: CaptureOptions,
): Promise<CaptureResult> {
  // Names come from dumps and directories that anybody may have written: they are looked at before anything is made.
  const named: NamedProxy[] = [];
  for (const source of proxies) named.push({ folder: 'proxies', source, id: await nameOf(source, options) });
  for (const source of options.ztunnels ?? []) {
    const id = source.id ?? NAMELESS_ZTUNNEL;
    checkProxyId(id, source.label);
    named.push({ folder: 'ztunnels', source, id });
  }
  const store = await CaptureStore.open(options.directory, options.now);
  try {
    const earlier = options.force ? store.earlier() : new Set<string>();
    const begun = options.force ? null : store.begun();
    const header = headerOf(mesh, options, begun);
    store.refuseForeign(plannedFiles(named), header.gzip, begun, earlier);
    await store.start(header, begun, earlier);
    return await new Run(mesh, store, header, begun, options).all(named);
  } finally {
    await store.close();
  }
}

/** Every file that a capture of these may write, but for the snapshot's own. */
function plannedFiles(named: readonly NamedProxy[]): readonly Below[] {
  const files = { proxies: PROXY_FILES, ztunnels: ZTUNNEL_FILES };
  const own = named.flatMap(({ folder, id }) => files[folder].map((file) => [folder, id.namespace, id.name, file]));
  return [...LIST_FILES.map((file) => ['kubernetes', file]), ...own];
}

/** Under which the journal of a capture has it. */
function keyOf({ folder, id }: NamedProxy): string {
  return `${folder === 'proxies' ? '' : `${folder}/`}${id.namespace}/${id.name}`;
}

async function nameOf(source: ProxySource, options: CaptureOptions): Promise<ProxyId> {
  const id = source.id ?? (await options.idOf(source)) ?? NAMELESS;
  checkProxyId(id, source.label);
  return id;
}

function headerOf(mesh: MeshSource, options: CaptureOptions, begun: BegunCapture | null): CaptureHeader {
  if (begun === null) {
    return {
      version: 2,
      startedAt: options.now.toISOString(),
      source: mesh.label,
      gzip: options.gzip,
      redact: options.redact ? randomBytes(32).toString('hex') : null,
    };
  }
  const { header } = begun;
  const differs =
    header.source !== mesh.label
      ? `from ${header.source}`
      : header.gzip !== options.gzip
        ? `${header.gzip ? 'with' : 'without'} --gzip`
        : (header.redact !== null) === options.redact
          ? null
          : `${options.redact ? 'without' : 'with'} --redact`;
  if (differs === null) return header;
  throw new InputError(`the capture in ${options.directory} was begun ${differs}`, {
    hint: 'Go on with the same flags, or give --force to capture anew.',
  });
}

class Run {
  readonly #mesh: MeshSource;
  readonly #store: CaptureStore;
  readonly #header: CaptureHeader;
  readonly #begun: BegunCapture | null;
  readonly #options: CaptureOptions;
  readonly #vocabulary = new RedactionVocabulary();
  readonly #redactor: Redactor | null;
  readonly #lacks: Lack[] = [];
  /** Aborted from outside, or because nothing more can be written. */
  readonly #stop = new AbortController();
  #failure: unknown = null;
  #saved = 0;
  #resumed = 0;
  #done = 0;

  constructor(
    mesh: MeshSource,
    store: CaptureStore,
    header: CaptureHeader,
    begun: BegunCapture | null,
    options: CaptureOptions,
  ) {
    this.#mesh = mesh;
    this.#store = store;
    this.#header = header;
    this.#begun = begun;
    this.#options = options;
    this.#redactor = header.redact === null ? null : new Redactor(Buffer.from(header.redact, 'hex'), this.#vocabulary);
  }

  async all(proxies: readonly NamedProxy[]): Promise<CaptureResult> {
    const { signal } = this.#options;
    const stop = (): void => {
      this.#stop.abort();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.#all(proxies);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #all(proxies: readonly NamedProxy[]): Promise<CaptureResult> {
    const { signal } = this.#stop;
    const patience = { idleMs: this.#options.idleMs, signal };
    const saver = new KubernetesSaver(this.#mesh, this.#store, patience);
    // Before any proxy: the names in the lists are names in the dumps, too.
    const lists = await saver.fetch();
    for (const { items } of lists.found) collectFromObjects(items, this.#vocabulary);
    for (const { source } of proxies) this.#addNames(source.id);
    await saver.save(lists, this.#redactor?.visitor() ?? null);
    addAll(this.#lacks, lists.lacks);
    this.#options.onProgress({ done: 0, total: proxies.length, proxy: null });
    await inPool(proxies, this.#options.parallel, signal, async (proxy) => {
      await this.#one(proxy, proxies.length);
    });
    if (this.#failure !== null) throw this.#failure as Error;
    if (signal.aborted) throw new Stopped('the capture was stopped');
    await this.#finish();
    return {
      saved: this.#saved,
      resumed: this.#resumed,
      total: proxies.length,
      lacks: this.#lacks,
      names: this.#redactor?.names ?? null,
    };
  }

  async #one(proxy: NamedProxy, total: number): Promise<void> {
    const { source, id } = proxy;
    const name = proxyName(id);
    try {
      const known = this.#begun?.done.get(keyOf(proxy));
      if (known === undefined) await this.#save(proxy);
      else {
        addAll(this.#lacks, known.lacks);
        this.#resumed += 1;
        this.#saved += 1;
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (!(error instanceof MctlError) || isFatal(error)) {
        // The others end what they are at before anything is said.
        this.#failure = error;
        this.#stop.abort();
        return;
      }
      this.#lacks.push({ proxy: name, what: 'config_dump.json', why: error.message, isOptional: false });
    } finally {
      await closed(source, this.#options.idleMs);
    }
    this.#done += 1;
    this.#options.onProgress({ done: this.#done, total, proxy: name });
  }

  async #save(proxy: NamedProxy): Promise<void> {
    const { id, source, folder } = proxy;
    this.#addNames(id);
    const written = this.#redactor === null ? id : this.#redacted(id, this.#redactor);
    const of = folder === 'proxies' ? 'envoy' : 'ztunnel';
    const redaction =
      this.#redactor === null
        ? null
        : { collect: new CollectingVisitor(this.#vocabulary, of), replace: this.#redactor };
    checkProxyId(written, source.label);
    const patience = { idleMs: this.#options.idleMs, signal: this.#stop.signal };
    const saver = new ProxySaver(this.#store, written, redaction, patience, folder);
    const lacks = proxy.folder === 'proxies' ? await saver.save(proxy.source) : [];
    if (proxy.folder === 'ztunnels') await saver.saveZtunnel(proxy.source);
    await this.#store.done(keyOf(proxy), lacks, saver.files);
    addAll(this.#lacks, lacks);
    this.#saved += 1;
  }

  #redacted(id: ProxyId, redactor: Redactor): ProxyId {
    return { name: redactor.name(id.name), namespace: redactor.name(id.namespace) };
  }

  #addNames(id: ProxyId | null): void {
    if (id === null) return;
    this.#vocabulary.add(id.name);
    this.#vocabulary.add(id.namespace);
  }

  async #finish(): Promise<void> {
    const isRedacted = this.#redactor !== null;
    const failed = this.#lacks.filter((lack) => !lack.isOptional);
    await this.#store.finish({
      version: 1,
      capturedAt: this.#header.startedAt,
      context: isRedacted ? null : this.#options.context,
      ...(isRedacted ? { redacted: true } : { source: this.#header.source }),
      ...(failed.length === 0
        ? {}
        : {
            missing: failed.map(({ proxy, what, why }) => ({
              proxy: proxy === null || this.#redactor === null ? proxy : this.#redactor.text(proxy),
              what,
              why: this.#redactor?.text(why) ?? why,
            })),
          }),
    });
  }
}

/** Lets go of a proxy's connection; one that hangs is not waited for. */
async function closed(source: Pick<ProxySource, 'close'>, idleMs: number): Promise<void> {
  const closing = source.close?.();
  if (closing === undefined) return;
  const limit = new Promise<void>((resolve) =>
    setTimeout(resolve, Math.min(idleMs === 0 ? 1000 : idleMs, 1000)).unref(),
  );
  await Promise.race([closing.catch(() => undefined), limit]);
}
