/** Captures of the sample mesh, one of them after a VirtualService was changed: what istiod then pushes to every proxy. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const SAMPLE = join(__dirname, '../../sample');
const PROXIES = [
  'details-v1-79f774bdb9-6jl84',
  'productpage-v1-6b746f74dc-9stvs',
  'ratings-v1-b6994bb9-2jqmk',
  'reviews-v2-7bf8c9648f-rzfp6',
  'reviews-v3-84779c7bbc-57sqk',
];

interface Dump {
  readonly configs: Record<string, any>[];
}

/** Copies the sample. @param change what is done to each proxy's dump */
export function captureSample(directory: string, change: (dump: Dump) => void = () => undefined): void {
  cpSync(SAMPLE, directory, { recursive: true });
  for (const proxy of PROXIES) {
    const path = join(directory, 'proxies/bookinfo', proxy, 'config_dump.json.gz');
    const dump = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Dump;
    change(dump);
    writeFileSync(path, gzipSync(JSON.stringify(dump)));
  }
}

/** A later push of the same: other versions, later times, another order of resources. */
export function pushedAgain({ configs }: Dump): void {
  for (const list of configs.flatMap((section) => Object.values(section).filter(Array.isArray))) {
    list.reverse();
    for (const wrapper of list) {
      stamp(wrapper);
      stamp(wrapper.active_state ?? {});
    }
  }
}

function stamp(state: { version_info?: string; last_updated?: string }): void {
  if (state.version_info !== undefined) state.version_info = '2026-08-23T09:30:00Z/12';
  if (state.last_updated !== undefined) state.last_updated = '2026-08-23T09:30:01.117Z';
}

/** VirtualService reviews: `end-user: luffy` goes to v3 with a timeout of 2 s, where it went to v2 with 1 s. */
export function luffyToV3(dump: Dump): void {
  pushedAgain(dump);
  const routes = dump.configs.find((section) => String(section['@type']).endsWith('.RoutesConfigDump')) ?? {};
  for (const { route_config: configuration } of routes['dynamic_route_configs']) {
    for (const host of configuration.virtual_hosts) {
      for (const route of host.routes ?? []) {
        if (route.match.headers?.[0]?.string_match?.exact !== 'luffy') continue;
        route.route.cluster = 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local';
        route.route.timeout = route.route.max_grpc_timeout = '2s';
      }
    }
  }
}
