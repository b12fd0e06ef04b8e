/** An Envoy's admin interface that answers with a recorded configuration. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Canned {
  readonly configDump: string;
  readonly clusters?: string;
  /** Refuses `mask` and `name_regex`, as an Envoy from before them would. */
  readonly old?: boolean;
  /** Answers everything in place of Envoy. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => void;
}

interface Dump {
  readonly configs: readonly Readonly<Record<string, unknown>>[];
}

export class CannedEnvoy {
  /** What was asked for, in order. */
  asked: string[] = [];
  /** Connections made, and those that are open. */
  made = 0;
  open = 0;
  readonly #canned: Canned;
  readonly #server: Server;

  private constructor(canned: Canned) {
    this.#canned = canned;
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (canned.instead === undefined) this.#answer(request, response);
      else canned.instead(request, response);
    });
    this.#server.on('connection', (socket) => {
      this.made += 1;
      this.open += 1;
      socket.on('close', () => (this.open -= 1));
      socket.on('error', () => undefined);
    });
  }

  static async start(canned: Canned): Promise<CannedEnvoy> {
    const envoy = new CannedEnvoy(canned);
    await new Promise<void>((resolve) => envoy.#server.listen(0, '127.0.0.1', resolve));
    return envoy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const json = (text: string): void => {
      // Without a length, as Envoy sends it: in chunks.
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text);
    };
    const plain = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(text);
    };
    if (pathname === '/config_dump') {
      const isNarrow = searchParams.has('mask') || searchParams.has('name_regex');
      if (isNarrow && this.#canned.old === true) plain(400, 'unknown query parameter');
      else json(isNarrow ? narrowed(this.#canned.configDump, searchParams) : this.#canned.configDump);
    } else if (pathname === '/clusters') json(this.#canned.clusters ?? '{"cluster_statuses":[]}');
    else if (pathname === '/server_info') json('{"version":"test/1.37.0/Clean/RELEASE/BoringSSL","state":"LIVE"}');
    else if (pathname === '/logging' && request.method === 'POST') plain(200, 'active loggers:\n  admin: warning\n');
    else plain(404, 'invalid path. admin commands are:\n  /: Admin home page\n');
  }
}

/** https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--config_dump?mask= */
function narrowed(text: string, query: URLSearchParams): string {
  const fields = (query.get('mask') ?? '').split(',');
  const names = new RegExp(`^(?:${query.get('name_regex') ?? '.*'})$`);
  const configs = (JSON.parse(text) as Dump).configs.flatMap((config) => {
    const kept = fields.filter((field) => Object.hasOwn(config, field));
    if (kept.length === 0) return [];
    const entries = kept.map((field) => [field, only(config[field], names)] as const);
    return [{ '@type': config['@type'], ...Object.fromEntries(entries) }];
  });
  return JSON.stringify({ configs });
}

function only(list: unknown, names: RegExp): unknown {
  return Array.isArray(list) ? list.filter((entry) => names.test(nameOf(entry))) : list;
}

/** The name of the resource in an entry of a dump, whichever kind it is. */
function nameOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return '';
  const { name } = entry as { name?: unknown };
  if (typeof name === 'string') return name;
  return (
    Object.values(entry)
      .map(nameOf)
      .find((found) => found !== '') ?? ''
  );
}
