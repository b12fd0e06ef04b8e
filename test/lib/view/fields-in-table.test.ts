/** The fields that a scanner leaves of entries are all that the short views look at: with all fields they say the same. */
import { ConfigDump, FIELDS_OF_ENTRY } from '../../../src/lib/envoy/config-dump';
import type { ClusterStatus } from '../../../src/lib/envoy/endpoint';
import { toJsonNames, toProtoNames } from '../../../src/lib/envoy/field-names';
import type { RawDump } from '../../../src/lib/scan/raw-dump';
import { scanDump } from '../../../src/lib/scan/scan';
import { clusterView } from '../../../src/lib/view/cluster-view';
import { deliveredView, edsView, ownEndpointsView } from '../../../src/lib/view/endpoint/eds-view';
import { endpointView } from '../../../src/lib/view/endpoint/endpoint-view';
import { BLACK_HOLE } from '../../../src/lib/view/listener-text';
import { listenerView } from '../../../src/lib/view/listener-view';
import { proxyStatus, statusView } from '../../../src/lib/view/proxy-status';
import type { DumpView } from '../../../src/lib/view/resource-view';
import { routeView } from '../../../src/lib/view/route-view';
import type { AppliedView, Asked, ViewHints, ViewResult } from '../../../src/lib/view/view';
import { corpusProxies } from '../../helpers/corpora';
import { chunksOf } from '../../helpers/pieces';

async function scanned(text: string, hints: ViewHints | null): Promise<RawDump> {
  const only = hints === null ? {} : { only: hints };
  return await scanDump('a test', chunksOf(Buffer.from(text), 60_000), { sections: 'all', ...only });
}

async function dumpOf(text: string, hints: ViewHints | null): Promise<ConfigDump> {
  const raw = await scanned(text, hints);
  if (raw.kind !== 'config_dump') throw new Error('no config_dump');
  return new ConfigDump(raw);
}

/** Proxies of the corpora but for those that are made to be refused. */
const PROXIES = corpusProxies().filter(({ scenario }) => scenario !== 'quirks');

/** What the short views show of it, and what is remarked. */
function shown({ table, names, count }: ViewResult): object {
  return { table, names: names(), count };
}

function applied({ result, warnings, remarks, whyEmpty }: AppliedView): object {
  return [shown(result), warnings, remarks, whyEmpty];
}

interface Case {
  readonly hints: ViewHints | null;
  readonly say: (dump: ConfigDump) => object;
}

/** A view as a format with columns alone reads it, and all that it says. */
function caseOf(view: DumpView, asked: Asked = { values: {} }): Case {
  const hints = view.hints(asked, true);
  // What is sought is another matter: without it every entry is there to be compared.
  return {
    hints: hints === null ? null : { ...hints, sought: undefined },
    say: (dump) => applied(view.apply(dump, asked)),
  };
}

const VIEWS: Readonly<Record<string, Case>> = {
  listener: caseOf(listenerView),
  'listener in brief': caseOf(listenerView, { values: {}, isBrief: true }),
  'listener by every filter': caseOf(listenerView, {
    values: { address: '0.0.0.0', type: 'http', direction: 'outbound' },
  }),
  route: caseOf(routeView),
  'route in brief': caseOf(routeView, { values: {}, isBrief: true }),
  'route by host': caseOf(routeView, { values: { fqdn: 'reviews' }, isBrief: true }),
  cluster: caseOf(clusterView),
  endpoint: caseOf(deliveredView),
  'endpoints in clusters': caseOf(ownEndpointsView),
  eds: caseOf(edsView),
  'eds by health': caseOf(edsView, { values: { status: 'healthy', port: 9080 } }),
  'proxy-status': {
    hints: { fields: FIELDS_OF_ENTRY },
    say: (dump) => {
      const status = proxyStatus(null, dump);
      return [status, shown(statusView([status], new Date(0)))];
    },
  },
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
      for (const [name, { hints, say }] of Object.entries(VIEWS)) {
        const said = say(await dumpOf(text, hints));
        expect([name, said]).toEqual([name, say(all)]);
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
      const asked = { values: {} };
      const hints = endpointView.hints(asked, true);
      const [all, some] = [await scanned(text, null), await scanned(text, hints)].map((raw) => {
        if (raw.kind !== 'clusters') throw new Error('no list of clusters');
        const statuses = Array.from(raw.clusterStatuses, (entry) => toProtoNames(entry.json()) as ClusterStatus);
        return endpointView.apply(statuses, asked).result;
      }) as [ViewResult, ViewResult];
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

it('a listener that holds the text in a field that is left out is kept whole', async () => {
  const config = { '@type': 'type.googleapis.com/tcp', cluster: 'a', access_log: [{ name: `to ${BLACK_HOLE}` }] };
  const text = withFilter(config);
  const { hints, say } = caseOf(listenerView);
  const said = say(await dumpOf(text, hints));
  expect(said).toEqual(say(await dumpOf(text, null)));
  expect(JSON.stringify(said)).toContain('Non-HTTP/Non-TCP');
  // So the test can fail.
  const { keepWholeIfContains, ...others } = hints ?? { fields: {} };
  expect(keepWholeIfContains).toBe(BLACK_HOLE);
  expect(say(await dumpOf(text, others))).not.toEqual(said);
});

it('a filter that is wrapped in a TypedStruct is looked into', async () => {
  const type = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
  const wrapped = { '@type': 'type.googleapis.com/xds.type.v3.TypedStruct', type_url: type, value: { cluster: 'b' } };
  const text = withFilter(wrapped);
  const { hints, say } = caseOf(listenerView);
  const said = say(await dumpOf(text, hints));
  expect(said).toEqual(say(await dumpOf(text, null)));
  expect(JSON.stringify(said)).toContain('Cluster: b');
});
