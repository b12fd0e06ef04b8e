/** The sample's mesh, whose ratings takes /admin from callers with one principal alone, as a snapshot. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { temporaryDirectory } from './temporary-directory';

export const REVIEWS = 'spiffe://cluster.local/ns/bookinfo/sa/bookinfo-reviews';
export const RATINGS = 'ratings-v1-b6994bb9-2jqmk.bookinfo';

/** As istiod makes it of an AuthorizationPolicy with two rules. */
const RBAC = {
  name: 'envoy.filters.http.rbac',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
    rules: {
      action: 'ALLOW',
      policies: {
        'ns[bookinfo]-policy[ratings]-rule[0]': {
          permissions: [
            { and_rules: { rules: [{ or_rules: { rules: [{ url_path: { path: { prefix: '/admin' } } }] } }] } },
          ],
          principals: [
            { and_ids: { ids: [{ or_ids: { ids: [{ authenticated: { principal_name: { exact: REVIEWS } } }] } }] } },
          ],
        },
        'ns[bookinfo]-policy[ratings]-rule[1]': {
          permissions: [
            {
              and_rules: {
                rules: [{ not_rule: { or_rules: { rules: [{ url_path: { path: { prefix: '/admin' } } }] } } }],
              },
            },
          ],
          principals: [{ and_ids: { ids: [{ any: true }] } }],
        },
      },
    },
  },
};

function guarded(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isFilters = value.some((one) => one?.name === 'envoy.filters.http.router');
    const own = value.map(guarded);
    return isFilters ? [RBAC, ...own] : own;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, guarded(one)]));
}

export function guardedMesh() {
  const directory = temporaryDirectory();
  cpSync(join(__dirname, '../../sample'), directory.path, { recursive: true });
  const file = join(directory.path, 'proxies/bookinfo/ratings-v1-b6994bb9-2jqmk/config_dump.json');
  const dump = JSON.parse(gunzipSync(readFileSync(`${file}.gz`)).toString('utf8')) as { configs: any[] };
  const listeners = dump.configs.find((config) => 'dynamic_listeners' in config);
  for (const entry of listeners.dynamic_listeners) {
    const { listener } = entry.active_state;
    if (listener.traffic_direction === 'INBOUND') entry.active_state.listener = guarded(listener);
  }
  writeFileSync(file, JSON.stringify(dump));
  rmSync(`${file}.gz`);
  return directory;
}
