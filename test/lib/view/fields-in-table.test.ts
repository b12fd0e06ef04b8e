/** The fields that a scanner leaves of entries are all that the short views look at: with all fields they say the same. */
import { ConfigDump, FIELDS_OF_ENTRY } from '../../../src/lib/envoy/config-dump';
import type { ClusterStatus } from '../../../src/lib/envoy/endpoint';
import { toJsonNames, toProtoNames } from '../../../src/lib/envoy/field-names';
import type { FieldMask } from '../../../src/lib/scan/field-mask';
import type { RawDump } from '../../../src/lib/scan/raw-dump';
import { scanDump } from '../../../src/lib/scan/scan';
import { FIELDS_IN_TABLE as CLUSTER, gatherClusters } from '../../../src/lib/view/cluster-view';
import { edsView, FIELDS_IN_TABLE as EDS } from '../../../src/lib/view/eds-view';
import { endpointView, FIELDS_IN_TABLE as ENDPOINT } from '../../../src/lib/view/endpoint-view';
import { BLACK_HOLE, FIELDS_IN_TABLE as LISTENER, gatherListeners } from '../../../src/lib/view/listener-view';
import { proxyStatus, statusView } from '../../../src/lib/view/proxy-status';
import { FIELDS_IN_TABLE as ROUTE, gatherRoutes } from '../../../src/lib/view/route-view';
import type { Gathered, View } from '../../../src/lib/view/view';
import { corpusProxies } from '../../helpers/corpora';
import { chunksOf } from '../../helpers/pieces';

async function scanned(text: string, fields: FieldMask | null, telling?: string): Promise<RawDump> {
  const only = fields === null ? {} : { only: { fields, ...(telling === undefined ? {} : { telling }) } };
  return await scanDump('a test', chunksOf(Buffer.from(text), 60_000), { sections: 'all', ...only });
}

async function dumpOf(text: string, fields: FieldMask | null, telling?: string): Promise<ConfigDump> {
  const raw = await scanned(text, fields, telling);
  if (raw.kind !== 'config_dump') throw new Error('no config_dump');
  return new ConfigDump(raw);
}

/** Proxies of the corpora but for those that are made to be refused. */
const PROXIES = corpusProxies().filter(({ scenario }) => scenario !== 'quirks');

/** What the short views show of it, and what is remarked. */
function shown(view: View): object {
  return { table: view.table, names: view.names(), count: view.count };
}

function gathered({ view, ...more }: Gathered): object {
  return [shown(view), more];
}

const whole = (): never => {
  throw new Error('not asked for');
};

const VIEWS: Readonly<Record<string, readonly [fields: FieldMask, say: (dump: ConfigDump) => object]>> = {
  listener: [
    LISTENER,
    (dump) => [true, false].map((verbose) => gathered(gatherListeners(dump.eachListener(), {}, verbose, whole))),
  ],
  route: [
    ROUTE,
    (dump) => [true, false].map((verbose) => gathered(gatherRoutes(dump.eachRoute(), {}, verbose, whole))),
  ],
  cluster: [CLUSTER, (dump) => gathered(gatherClusters(dump.eachCluster(), {}, whole))],
  endpoint: [EDS, (dump) => shown(edsView(dump.endpoints, {}, 'without-port', () => null))],
  'proxy-status': [
    FIELDS_OF_ENTRY,
    (dump) => {
      const status = proxyStatus(null, dump);
      return [status, shown(statusView([status], new Date(0)))];
    },
  ],
};

/** The same configuration as others write it. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  'as Envoy writes it': (text) => text,
  indented: (text) => JSON.stringify(JSON.parse(text), null, 2),
  'on one line': (text) => JSON.stringify(JSON.parse(text)),
  'in lower camel case': (text) => JSON.stringify(toJsonNames(toProtoNames(JSON.parse(text)))),
};

describe.each(Object.entries(FORMS))('%s', (_form, written) => {
  it('every config_dump of the corpora is shown the same by the fields alone', async () => {
    let rows = 0;
    for (const { configDump } of PROXIES) {
      if (configDump === null) continue;
      const text = written(configDump);
      const all = await dumpOf(text, null);
      for (const [name, [fields, say]] of Object.entries(VIEWS)) {
        const said = say(await dumpOf(text, fields, name === 'listener' ? BLACK_HOLE : undefined));
        expect(said).toEqual(say(all));
        rows += JSON.stringify(said).length;
      }
    }
    expect(rows).toBeGreaterThan(100_000);
  }, 60_000);

  it('every list of clusters, too', async () => {
    let rows = 0;
    for (const { clusters } of PROXIES) {
      if (clusters === null) continue;
      const text = written(clusters);
      const [all, some] = [await scanned(text, null), await scanned(text, ENDPOINT)].map((raw) => {
        if (raw.kind !== 'clusters') throw new Error('no list of clusters');
        const statuses = Array.from(raw.clusterStatuses, (entry) => toProtoNames(entry.json()) as ClusterStatus);
        return endpointView(statuses, {}, () => null);
      }) as [View, View];
      expect(shown(some)).toEqual(shown(all));
      rows += some.table.rows.length;
    }
    expect(rows).toBeGreaterThan(100);
  });
});

/** A dump of one listener with a TCP proxy of this configuration. */
function withFilter(config: object): string {
  const filters = [{ name: 'envoy.filters.network.tcp_proxy', typed_config: config }];
  const type = 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump';
  const listener = { name: 'x', filter_chains: [{ filters }] };
  return JSON.stringify({ configs: [{ '@type': type, static_listeners: [{ listener }] }] });
}

it('a telling text in a field that is left out is seen', async () => {
  const config = { '@type': 'type.googleapis.com/tcp', cluster: 'a', access_log: [{ name: `to ${BLACK_HOLE}` }] };
  const text = withFilter(config);
  const [fields, say] = VIEWS['listener'] ?? [LISTENER, whole];
  const said = say(await dumpOf(text, fields, BLACK_HOLE));
  expect(said).toEqual(say(await dumpOf(text, null)));
  expect(JSON.stringify(said)).toContain('Non-HTTP/Non-TCP');
  // So the test can fail.
  expect(say(await dumpOf(text, fields))).not.toEqual(said);
});

it('a filter that is wrapped in a TypedStruct is looked into', async () => {
  const type = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
  const wrapped = { '@type': 'type.googleapis.com/xds.type.v3.TypedStruct', type_url: type, value: { cluster: 'b' } };
  const text = withFilter(wrapped);
  const [fields, say] = VIEWS['listener'] ?? [LISTENER, whole];
  const said = say(await dumpOf(text, fields, BLACK_HOLE));
  expect(said).toEqual(say(await dumpOf(text, null)));
  expect(JSON.stringify(said)).toContain('Cluster: b');
});
