/** Lines of a proxy with thousands of routes: of none of them each route is asked. */
import { Prophets } from '../../../src/lib/cli/access-log/prophets';
import { Replay } from '../../../src/lib/access-log/replay';
import { httpManagers } from '../../../src/lib/envoy/http-managers';
import type { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { openFiles } from '../../../src/lib/source/file';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const ROUTES = 3000;
const LINES = 40;
const type = 'type.googleapis.com/envoy';

/** A gateway with a route by each of so many expressions. */
const dump = {
  configs: [
    {
      '@type': `${type}.admin.v3.BootstrapConfigDump`,
      bootstrap: { node: { id: 'router~10.0.0.1~gateway.ns~ns.svc.cluster.local' } },
    },
    {
      '@type': `${type}.admin.v3.ClustersConfigDump`,
      dynamic_active_clusters: [{ cluster: { name: 'c', type: 'STATIC' } }],
    },
    {
      '@type': `${type}.admin.v3.ListenersConfigDump`,
      static_listeners: [
        {
          listener: {
            name: 'l',
            address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
            filter_chains: [
              {
                filters: [
                  {
                    name: 'envoy.filters.network.http_connection_manager',
                    typed_config: {
                      '@type': `${type}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
                      route_config: {
                        name: 'r',
                        virtual_hosts: [
                          {
                            name: 'v',
                            domains: ['*'],
                            routes: Array.from({ length: ROUTES }, (_unused, n) => ({
                              match: { safe_regex: { regex: `/p${n}/[^/]+` } },
                              direct_response: { status: 418 },
                            })),
                          },
                        ],
                      },
                      http_filters: [
                        {
                          name: 'envoy.filters.http.router',
                          typed_config: { '@type': `${type}.extensions.filters.http.router.v3.Router` },
                        },
                      ],
                    },
                  },
                ],
              },
            ],
          },
        },
      ],
    },
  ],
};

const line = (n: number): string =>
  `[2026-01-01T00:00:00.000Z] "GET /p${n}/x HTTP/1.1" 418 - direct_response - "-" 0 1 1 - "-" "x" "id" "h:8080" "-" - - 10.0.0.1:8080 10.0.0.2:2 - -`;

/** Counts from now on how often the expression of any route is read. */
function readsIn(config: ProxyConfig): () => number {
  let reads = 0;
  for (const { match = {} } of httpManagers(config)[0]?.routes?.virtual_hosts?.[0]?.routes ?? []) {
    const { safe_regex: own } = match;
    Object.defineProperty(match, 'safe_regex', { enumerable: true, get: () => ((reads += 1), own) });
  }
  return () => reads;
}

test('one walk asks every route, and no other does', async () => {
  const directory = temporaryDirectory();
  try {
    const file = directory.write('dump.json', JSON.stringify(dump));
    const { prophet, proxy } = await new Prophets(await openFiles([file], () => process.stdin)).writer(undefined);
    const reads = readsIn(prophet.config);
    const replay = new Replay();
    for (let n = 0; n < LINES; n += 1) await replay.take(line(ROUTES - 1 - n), proxy, prophet, []);
    expect(replay.result).toMatchObject({ lines: LINES, agree: LINES });
    // The first walk is watched: it asks each route, and so does what keeps the answers; another makes the index of them.
    expect(reads()).toBeGreaterThan(ROUTES);
    expect(reads()).toBeLessThan(20 * ROUTES);
  } finally {
    directory.remove();
  }
});
