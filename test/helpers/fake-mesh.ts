/** A mesh that answers as a test wants: proxies that die, hang, or count what was asked of them. */
import type { ProxyId } from '../../src/lib/proxy-id';
import { proxyName } from '../../src/lib/proxy-id';
import {
  type Body,
  type KubernetesLists,
  type MeshSource,
  NO_LISTS,
  type ProxySource,
} from '../../src/lib/source/source';

export interface FakeProxy {
  readonly name: string;
  /** Makes the chunks of the dump; by default a small whole one. */
  readonly dump?: () => AsyncIterable<Uint8Array>;
  readonly clusters?: () => AsyncIterable<Uint8Array>;
  readonly iptables?: () => Promise<string | null>;
}

export interface FakeMesh extends MeshSource {
  /** How often each proxy's dump was asked for. */
  readonly asked: Map<string, number>;
  readonly sources: readonly ProxySource[];
  /** The most dumps that were being read at once. */
  busiest(): number;
}

export function smallDump(name: string): string {
  return JSON.stringify({
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
        bootstrap: { node: { id: `sidecar~10.0.0.1~${name}.shop~shop.svc.cluster.local` } },
      },
    ],
  });
}

export async function* text(value: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(value));
}

export function fakeMesh(proxies: readonly FakeProxy[], lists: KubernetesLists = NO_LISTS): FakeMesh {
  const asked = new Map<string, number>();
  let running = 0;
  let busiest = 0;
  const body = (label: string, chunks: () => AsyncIterable<Uint8Array>): Promise<Body> =>
    Promise.resolve({ label, chunks });
  const sources = proxies.map(({ name, dump, clusters, iptables }): ProxySource => {
    const id: ProxyId = { name, namespace: 'shop' };
    return {
      label: proxyName(id),
      id,
      configDump: () => {
        asked.set(name, (asked.get(name) ?? 0) + 1);
        return body(name, async function* () {
          running += 1;
          busiest = Math.max(busiest, running);
          try {
            yield* (dump ?? (() => text(smallDump(name))))();
          } finally {
            running -= 1;
          }
        });
      },
      clusters: () => body(name, clusters ?? (() => text('{"cluster_statuses": []}'))),
      serverInfo: () => body(name, () => text('{"version": "x"}')),
      iptables: iptables ?? (() => Promise.resolve('*nat\nCOMMIT\n')),
    };
  });
  return {
    label: 'a fake mesh',
    asked,
    sources,
    busiest: () => busiest,
    proxies: () => Promise.resolve(sources.flatMap(({ id }) => id ?? [])),
    open: (target) => {
      const found = sources.find(({ id }) => id !== null && proxyName(id) === target);
      return found === undefined ? Promise.reject(new Error('not used')) : Promise.resolve(found);
    },
    openAll: () => Promise.resolve(sources),
    openProxy: () => Promise.resolve(null),
    kubernetes: () => Promise.resolve(lists),
    close: () => Promise.resolve(),
  };
}
