import { anyOf } from '../../lib/any-of';
import { MctlCommand } from '../../lib/cli/command';
import {
  filterFlag,
  outputFlag,
  portFlag,
  replicaFlags,
  sourceFlags,
  targetArgument,
  viewFlags,
} from '../../lib/cli/flags';
import { loadSome } from '../../lib/session/load';
import { requireSection, requireSome, runView } from '../../lib/cli/run-view';
import { keptFor, VIEW_FORMATS } from '../../lib/cli/show-view';
import type { ConfigDump } from '../../lib/envoy/config-dump';
import { parseIstioClusterName } from '../../lib/envoy/cluster';
import {
  CLUSTER_DIRECTIONS,
  type ClusterFilters,
  clusterView,
  FIELDS_IN_TABLE,
  gatherClusters,
  selectClusters,
  selectRejected,
  selectWarming,
  soughtBy,
} from '../../lib/view/cluster-view';
import { emptyNotes, vocabularyNotes } from '../../lib/view/notes';

export default class ClusterCommand extends MctlCommand {
  static override readonly summary = 'Clusters of a proxy: the services and subsets that it can send traffic to.';
  static override readonly aliases = ['clusters', 'c']
    .flatMap((name) => [`proxy-config:${name}`, `pc:${name}`])
    .concat('pc:cluster');
  static override readonly examples = [
    {
      description: 'The clusters of one service of the sample',
      command:
        '<%= config.bin %> pc cluster productpage-v1-6b746f74dc-9stvs.bookinfo --sample --fqdn reviews.bookinfo.svc.cluster.local --direction outbound',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    fqdn: filterFlag('Clusters whose name holds this service name.', { helpValue: 'HOST' }),
    direction: filterFlag('Clusters of this direction: inbound, outbound.'),
    subset: filterFlag('Clusters of this subset.'),
    port: portFlag({ helpGroup: 'filter', summary: 'Clusters of this port.' }),
    name: filterFlag('The cluster of exactly this name.', { helpValue: 'NAME' }),
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...viewFlags,
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterCommand);
    const { fqdn, direction, subset, port, name } = flags;
    const filters = { fqdn, direction, subset, port, name };
    const warnings = vocabularyNotes('direction', direction, CLUSTER_DIRECTIONS, true);
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun: 'cluster' },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        make: async (proxy) => {
          const sought = soughtBy(filters);
          const keepAs = keptFor(flags.output);
          const hints = { sought, nameText: sought?.text, fields: FIELDS_IN_TABLE, keepAs };
          const isThere = (one: ConfigDump): boolean =>
            anyOf(one.eachCluster(), (entry) => selectClusters([entry], filters).length > 0);
          const dump = await loadSome(proxy, ['Clusters'], hints, isThere);
          requireSection(dump, 'Clusters');
          const { view, total, notes } = gatherClusters(dump.eachCluster(), filters, () =>
            clusterView(
              selectClusters(dump.clusters, filters),
              selectWarming(dump.clusters, filters),
              selectRejected(dump.clusters, filters),
            ),
          );
          requireSome('clusters', total);
          return { view, notes: [...warnings, ...notes, ...(view.count === 0 ? emptyLines(dump, filters) : [])] };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

function emptyLines(dump: ConfigDump, filters: ClusterFilters): readonly string[] {
  const { fqdn = '', direction = '', subset = '', port = 0, name = '' } = filters;
  const seen = { fqdn: new Set<string>(), direction: new Set<string>(), subset: new Set<string>() };
  const ports = new Set<string>();
  const names: string[] = [];
  for (const entry of dump.eachCluster()) {
    if (selectClusters([entry], {}).length === 0) continue;
    names.push(entry.name);
    const parts = parseIstioClusterName(entry.name);
    if (parts === null) continue;
    seen.fqdn.add(parts.fqdn);
    seen.direction.add(parts.direction);
    if (parts.subset !== '') seen.subset.add(parts.subset);
    ports.add(String(parts.port));
  }
  return emptyNotes('clusters', names.length, [
    { flag: 'fqdn', given: fqdn, values: [...seen.fqdn] },
    { flag: 'direction', given: direction, values: [...seen.direction] },
    { flag: 'subset', given: subset, values: [...seen.subset] },
    { flag: 'port', given: String(port), values: [...ports] },
    { flag: 'name', given: name, values: names },
  ]);
}
