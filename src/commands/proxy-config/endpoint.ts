import { MctlCommand } from '../../lib/cli/command';
import { endpointFilterFlags, endpointNotes } from '../../lib/cli/endpoint-flags';
import { outputFlag, replicaFlags, sourceFlags, targetArgument, viewFlags } from '../../lib/cli/flags';
import { eachClusterStatus, tryLoadDump } from '../../lib/session/load';
import { podNames } from '../../lib/cli/pod-names';
import { requireSection, runView } from '../../lib/cli/run-view';
import { keptFor, VIEW_FORMATS } from '../../lib/cli/show-view';
import type { ConfigDump, ResourceEntry } from '../../lib/envoy/config-dump';
import type { ClusterLoadAssignment, ClusterStatus } from '../../lib/envoy/endpoint';
import type { ProxySource } from '../../lib/source/source';
import { deliveredEndpoints, edsView, FIELDS_IN_TABLE as FIELDS_OF_EDS } from '../../lib/view/eds-view';
import { type EndpointFilters, endpointView, FIELDS_IN_TABLE, soughtBy } from '../../lib/view/endpoint-view';
import type { View } from '../../lib/view/view';

export default class EndpointCommand extends MctlCommand {
  static override readonly summary = "Endpoints of a proxy's clusters, and their health.";
  static override readonly aliases = ['endpoints', 'ep']
    .flatMap((name) => [`proxy-config:${name}`, `pc:${name}`])
    .concat('pc:endpoint');
  static override readonly examples = [
    {
      description: 'The pods behind one subset of the sample',
      command:
        "<%= config.bin %> pc endpoint productpage-v1-6b746f74dc-9stvs.bookinfo --sample --cluster 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local'",
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    ...endpointFilterFlags,
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...viewFlags,
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EndpointCommand);
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun: 'endpoints' },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        make: async (proxy, mesh) => {
          const podOf = flags.output === 'wide' ? await podNames(mesh) : () => null;
          const make = await endpointsOf(proxy, flags, flags.output);
          const view = make(flags, podOf);
          return { view, notes: endpointNotes(flags, view, () => make({}, podOf)) };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

type MakeView = (filters: EndpointFilters, podOf: (ip: string) => string | null) => View;

/** The hosts that Envoy reports, or where only a config_dump is at hand, those that EDS delivered. */
async function endpointsOf(proxy: ProxySource, filters: EndpointFilters, format: string): Promise<MakeView> {
  const sought = soughtBy(filters);
  const keepAs = keptFor(format);
  const viewOf =
    (statuses: Iterable<ClusterStatus>, dump: ConfigDump | null = null): MakeView =>
    (by, podOf) =>
      endpointView(statuses, by, podOf, dump === null ? null : deliveredEndpoints(dump.endpoints, by));
  const hasSome = (make: MakeView): boolean => make(filters, () => null).count > 0;
  const hints = { sought, fields: FIELDS_IN_TABLE, keepAs };
  const statuses = await eachClusterStatus(proxy, hints, (some) => hasSome(viewOf(some)));
  if (statuses !== null) return viewOf(statuses, format === 'wide' ? await deliveredIn(proxy) : null);
  const edsOf =
    (dump: ConfigDump | null): MakeView =>
    (by, podOf) =>
      edsView({ [Symbol.iterator]: () => eachOf(dump) }, by, 'without-port', podOf);
  const dump = await tryLoadDump(proxy, ['Endpoints'], { sought, fields: FIELDS_OF_EDS, keepAs }, (some) =>
    hasSome(edsOf(some)),
  );
  if (dump !== null) requireSection(dump, 'Endpoints');
  return edsOf(dump);
}

/** What EDS delivered, to be joined with the hosts; null where the source does not have it. */
async function deliveredIn(proxy: ProxySource): Promise<ConfigDump | null> {
  const dump = await tryLoadDump(proxy, ['Endpoints']);
  return dump?.section('Endpoints') === null ? null : dump;
}

function eachOf(dump: ConfigDump | null): Iterator<ResourceEntry<ClusterLoadAssignment>> {
  return (dump?.eachEndpoint() ?? [])[Symbol.iterator]();
}
