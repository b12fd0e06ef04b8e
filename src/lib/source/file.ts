/** Saved answers of one Envoy's admin interface as a source: files, standard input, told apart by content. */
import { wordFor } from '../caller';
import type { Readable } from 'node:stream';
import { InputError, UsageError } from '../errors';
import { isPlain } from '../files/readable';
import { fileBody, rejoined, streamBody } from './body';
import { type Body, type KubernetesLists, type MeshSource, NO_LISTS, type ProxySource, type Ztunnels } from './source';
import { onlyZtunnel } from './ztunnel';

/** What a document is, by its first top-level list, or a ztunnel's dump by its first member. */
type DocumentKind = 'config_dump' | 'clusters' | 'ztunnel';

/** How many bytes may stand before that list. */
const LOOK_AHEAD = 1 << 16;

/** ztunnel writes its sections in the order of their names, the first with its certificates. */
const ZTUNNEL =
  /^\s*\{\s*"(?:certificates|config|policies|services|stagedServices|staticConfig|version|workloads|workloadState)"\s*:/i;

const LIST = /"(configs|cluster_?[sS]tatuses)"\s*:\s*\[/;

const EMPTY = /^\s*\{\s*\}\s*$/;

interface Document {
  readonly kind: DocumentKind;
  /** `{}`, which is what an Envoy without clusters answers to /clusters?format=json. */
  readonly isEmpty: boolean;
  readonly body: Body;
  close(): Promise<void>;
}

/**
 * Opens files (`-` is `stdin`) as one proxy: at most one config_dump and one clusters document. Throws UsageError for a
 * file given twice, InputError for two of a kind, UnavailableError for a file that is not there.
 */
export async function openFiles(paths: readonly string[], stdin: () => Readable): Promise<MeshSource> {
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new UsageError(`--file ${twice} is given twice`);
  const documents: Document[] = [];
  try {
    for (const path of paths) {
      documents.push(path === '-' ? await fromStream('standard input', stdin()) : await fromFile(path));
    }
    return new FileMesh(oneOfEach(documents));
  } catch (error) {
    await Promise.all(documents.map((document) => document.close()));
    throw error;
  }
}

function oneOfEach(documents: readonly Document[]): readonly Document[] {
  const told = documents.map((one) => (isNoClusters(one, documents) ? { ...one, kind: 'clusters' as const } : one));
  for (const [index, document] of told.entries()) {
    const same = told.slice(0, index).find(({ kind }) => kind === document.kind);
    if (same === undefined) continue;
    throw new UsageError(`${same.body.label} and ${document.body.label} are both ${nounOf(document.kind)}`, {
      hint: `One proxy has one of each: a config_dump, and /clusters?format=json. For several proxies use ${wordFor('snapshot')}.`,
    });
  }
  return told;
}

/** Whether a document is the clusters document of an Envoy without clusters: it stands beside a config_dump. */
function isNoClusters({ isEmpty }: Document, others: readonly Document[]): boolean {
  return isEmpty && others.some(({ kind, isEmpty: isOther }) => kind === 'config_dump' && !isOther);
}

class FileMesh implements MeshSource {
  readonly label: string;
  readonly #documents: readonly Document[];
  readonly ztunnels: Ztunnels;

  constructor(documents: readonly Document[]) {
    this.#documents = documents;
    this.label = documents.map(({ body }) => body.label).join(' and ');
    // A document of another kind is refused by whoever reads it as a ztunnel's.
    const own = documents.find(({ kind }) => kind === 'ztunnel') ?? documents[0];
    this.ztunnels = onlyZtunnel(
      {
        label: this.label,
        id: null,
        configDump: () =>
          own === undefined
            ? Promise.reject(new InputError(`${this.label} has no config_dump of a ztunnel`))
            : Promise.resolve(own.body),
      },
      own?.kind === 'ztunnel',
    );
  }

  /** A file's proxy has no name but the one in its bootstrap, so there is nothing to choose from. */
  proxies(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  open(): Promise<ProxySource> {
    const body = (kind: DocumentKind): Promise<Body | null> =>
      Promise.resolve(this.#documents.find((document) => document.kind === kind)?.body ?? null);
    return Promise.resolve({
      label: this.label,
      id: null,
      ...(this.#isZtunnelAlone ? { hasProxy: false } : {}),
      configDump: async () => (await body('config_dump')) ?? (await this.#refuseZtunnel()),
      clusters: () => body('clusters'),
      serverInfo: () => Promise.resolve(null),
      iptables: () => Promise.resolve(null),
    });
  }

  get #isZtunnelAlone(): boolean {
    return this.#documents.every(({ kind }) => kind === 'ztunnel');
  }

  /** Null where there is no ztunnel's dump either. */
  #refuseZtunnel(): Promise<null> {
    const own = this.#documents.find(({ kind }) => kind === 'ztunnel');
    if (own === undefined) return Promise.resolve(null);
    throw new InputError(`${own.body.label} is a ztunnel's config_dump, and an Envoy's is asked for`, {
      hint: 'mctl ztunnel-config reads it.',
    });
  }

  async openAll(): Promise<readonly ProxySource[]> {
    return [await this.open()];
  }

  openProxy(): Promise<null> {
    return Promise.resolve(null);
  }

  kubernetes(): Promise<KubernetesLists> {
    return Promise.resolve(NO_LISTS);
  }

  async close(): Promise<void> {
    await Promise.all(this.#documents.map((document) => document.close()));
  }
}

/** A plain file can be read again from its start; anything else (a pipe, a device) is a stream. */
async function fromFile(path: string): Promise<Document> {
  const body = fileBody(path);
  if (!isPlain(path)) return await peek(body, body.chunks());
  const head = headOf(body);
  if (head !== null) {
    return { kind: kindOf(head) ?? 'config_dump', isEmpty: EMPTY.test(head), body, close: () => Promise.resolve() };
  }
  const peeked = await peek(body, body.chunks());
  await peeked.close();
  return { kind: peeked.kind, isEmpty: peeked.isEmpty, body, close: () => Promise.resolve() };
}

/** A file's beginning as text; null where it is compressed. */
function headOf(body: Body): string | null {
  const file = body.open?.() ?? null;
  if (file === null) return null;
  try {
    const head = Buffer.alloc(LOOK_AHEAD);
    return head.subarray(0, file.read(head, 0)).toString('utf8');
  } finally {
    file.close();
  }
}

async function fromStream(label: string, stream: Readable): Promise<Document> {
  const body = streamBody(label, stream);
  return await peek(body, body.chunks());
}

/** Looks at the beginning of a body; the document's own body starts with what was looked at. */
async function peek(body: Body, chunks: AsyncIterable<Uint8Array>): Promise<Document> {
  const iterator = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  let kind: DocumentKind | null = null;
  while (kind === null && size < LOOK_AHEAD) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    size += next.value.length;
    kind = kindOf(Buffer.concat(held).subarray(0, LOOK_AHEAD).toString('utf8'));
  }
  let isRead = false;
  return {
    kind: kind ?? 'config_dump',
    isEmpty: kind === null && EMPTY.test(Buffer.concat(held).toString('utf8')),
    body: {
      label: body.label,
      once: true,
      chunks: () => {
        if (isRead) throw new InputError(`${body.label} can be read only once`);
        isRead = true;
        return rejoined(held, iterator);
      },
    },
    close: async () => {
      await iterator.return?.();
    },
  };
}

/** Null where a text is neither: it is refused, with what it is, by whoever reads it as a config_dump. */
function kindOf(text: string): DocumentKind | null {
  if (ZTUNNEL.test(text)) return 'ztunnel';
  const list = LIST.exec(text)?.[1];
  if (list === undefined) return null;
  return list === 'configs' ? 'config_dump' : 'clusters';
}

function nounOf(kind: DocumentKind): string {
  if (kind === 'ztunnel') return "ztunnels' config_dumps";
  return kind === 'clusters' ? 'clusters documents' : 'config_dumps';
}
