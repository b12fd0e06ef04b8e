/** An Envoy's admin address that can be reached as it is, as a source. */
import { UsageError } from '../errors';
import { AdminClient, type AdminClientOptions } from './admin-client';
import { CLUSTERS_PATH, configDumpPaths } from './admin-requests';
import {
  type Body,
  type DumpRequest,
  type KubernetesLists,
  type MeshSource,
  NO_LISTS,
  type ProxySource,
  type Ztunnels,
} from './source';
import { onlyZtunnel } from './ztunnel';

/** Opens an admin address; nothing is asked of it yet. Throws UsageError where the text is no http(s) address. */
export function openAdmin(address: string, options: AdminClientOptions): MeshSource {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new UsageError(`invalid argument "${address}" for "--admin" flag: it is not an http or https address`, {
      hint: 'Write it as http://localhost:15000.',
    });
  }
  return new AdminMesh(url, options);
}

class AdminMesh implements MeshSource {
  readonly label: string;
  readonly identity: string;
  readonly live = true;
  readonly ztunnels: Ztunnels;
  readonly #client: AdminClient;

  constructor(url: URL, options: AdminClientOptions) {
    this.label = url.host;
    this.identity = url.origin + url.pathname;
    const client = new AdminClient(url, options);
    this.#client = client;
    this.ztunnels = onlyZtunnel(
      {
        label: this.label,
        id: null,
        configDump: () => Promise.resolve(client.body(['/config_dump'])),
        admin: async (method, path) => await client.send(method, path),
      },
      false,
    );
  }

  /** The proxy has no name but the one in its bootstrap, so there is nothing to choose from. */
  proxies(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  open(): Promise<ProxySource> {
    const client = this.#client;
    const body = (paths: readonly string[]): Promise<Body> => Promise.resolve(client.body(paths));
    return Promise.resolve({
      label: this.label,
      id: null,
      configDump: (request: DumpRequest) => body(configDumpPaths(request)),
      clusters: () => body([CLUSTERS_PATH]),
      serverInfo: () => body(['/server_info']),
      iptables: () => Promise.resolve(null),
      admin: async (method, path) => await client.send(method, path),
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
    await this.#client.close();
  }
}
