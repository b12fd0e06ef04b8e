/** Saves one proxy: what its Envoy says, without secrets, as it streams in. */
import { InputError, MctlError, UnavailableError } from '../errors';
import { bounded } from '../limits';
import { type ProxyId, proxyName } from '../proxy-id';
import { fileBody } from '../source/body';
import { SECTIONS, type Body, type ProxySource, type ZtunnelSource } from '../source/source';
import { rewriteJson, type StringVisitor } from './json-rewriter';
import type { Lack } from './lack';
import { isFatal, patientChunks, patiently, type IdleLimit } from './idle-limit';
import type { Redactor } from './redact/redactor';
import { SecretsVisitor } from './secrets';
import { bytesOf, type CaptureStore } from './store';

/** How names are replaced: seen in one pass over a document, replaced in the next. */
export interface Redaction {
  readonly collect: StringVisitor;
  readonly replace: Redactor;
}

/** What stands in every dump of a ztunnel. */
const ZTUNNEL_LIST = 'workloads';

export class ProxySaver {
  readonly #store: CaptureStore;
  readonly #id: ProxyId;
  readonly #redaction: Redaction | null;
  readonly #patience: IdleLimit;
  readonly #files: string[] = [];
  /** The folder of the snapshot that the files are in. */
  readonly #folder: 'proxies' | 'ztunnels';

  /** @param id the name that the proxy is saved under */
  constructor(
    store: CaptureStore,
    id: ProxyId,
    redaction: Redaction | null,
    patience: IdleLimit,
    folder: 'proxies' | 'ztunnels' = 'proxies',
  ) {
    this.#store = store;
    this.#folder = folder;
    this.#id = id;
    this.#redaction = redaction;
    this.#patience = patience;
  }

  /** What was written, by its path below the directory. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** Gives what could not be had. Throws where there is no config_dump: without it the proxy is not saved at all. */
  async save(source: ProxySource): Promise<readonly Lack[]> {
    const dump = await this.#asked('config_dump', source.configDump({ sections: SECTIONS }));
    if (dump === null) throw new UnavailableError(`${source.label} has no config_dump`);
    await this.#document('config_dump.json', dump, 'configs');
    return [
      ...(await this.#optional('clusters.json', async () => {
        const body = await this.#asked('clusters', source.clusters());
        if (body !== null) await this.#document('clusters.json', body, null);
        return body !== null;
      })),
      ...(await this.#optional('server_info.json', async () => {
        const body = await this.#asked('server_info', source.serverInfo());
        if (body !== null) await this.#document('server_info.json', body, null);
        return body !== null;
      })),
      ...(await this.#optional('iptables.txt', async () => {
        const rules = await this.#asked('iptables', source.iptables());
        if (rules !== null) await this.#write('iptables.txt', bytesOf(this.#rules(rules)));
        return rules !== null;
      })),
    ];
  }

  /** A ztunnel has no other document. */
  async saveZtunnel(source: ZtunnelSource): Promise<void> {
    const dump = await this.#asked('config_dump', source.configDump());
    await this.#document('config_dump.json', dump, ZTUNNEL_LIST);
  }

  async #write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    this.#files.push(await this.#store.write([this.#folder, this.#id.namespace, this.#id.name, name], chunks));
  }

  async #asked<T>(what: string, answer: Promise<T>): Promise<T> {
    return await patiently(`${what} of ${proxyName(this.#id)}`, this.#patience, answer);
  }

  /** What the source does not have is no failure of it. */
  async #optional(what: string, save: () => Promise<boolean>): Promise<readonly Lack[]> {
    const proxy = proxyName(this.#id);
    try {
      const isThere = await save();
      return isThere ? [] : [{ proxy, what, why: 'the source has none', isOptional: true }];
    } catch (error) {
      if (!(error instanceof MctlError) || isFatal(error)) throw error;
      return [{ proxy, what, why: error.message, isOptional: false }];
    }
  }

  /** @param list the list that must be in it, for a document that is never empty */
  async #document(name: string, body: Body, list: string | null): Promise<void> {
    const label = `${name} of ${proxyName(this.#id)}`;
    const chunks = bounded(body.label, patientChunks(label, this.#patience, body.chunks()));
    if (this.#redaction === null) {
      await this.#write(name, withList(label, chunks, new SecretsVisitor(), list));
      return;
    }
    // Names are replaced once all of them are known; what lies on the disk meanwhile has no secrets.
    const { collect, replace } = this.#redaction;
    const collected = withList(label, chunks, new SecretsVisitor(collect), list);
    const scratch = await this.#store.scratch(collected);
    try {
      await this.#write(name, rewriteJson(label, fileBody(scratch.file).chunks(), replace.visitor()));
    } finally {
      await scratch.remove();
    }
  }

  #rules(text: string): string {
    const redactor = this.#redaction?.replace;
    return redactor === undefined
      ? text
      : text
          .split('\n')
          .map((line) => redactor.text(line))
          .join('\n');
  }
}

/** A document without its secrets; refused at its end where it is not the document that it should be. */
async function* withList(
  label: string,
  chunks: AsyncIterable<Uint8Array>,
  visitor: SecretsVisitor,
  list: string | null,
): AsyncIterable<Uint8Array> {
  yield* rewriteJson(label, chunks, visitor);
  if (list === null || visitor.topKeys.has(list)) return;
  throw new InputError(
    `${label} has no ${list}: it is not what ${list === ZTUNNEL_LIST ? 'ztunnel' : 'Envoy'} answers`,
  );
}
