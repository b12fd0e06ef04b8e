import { anyOf } from '../../lib/any-of';
import { MctlCommand } from '../../lib/cli/command';
import {
  filterFlag,
  outputFlag,
  replicaFlags,
  sourceFlags,
  targetArgument,
  verboseFlag,
  viewFlags,
} from '../../lib/cli/flags';
import { loadSome } from '../../lib/session/load';
import { requireSection, requireSome, runView } from '../../lib/cli/run-view';
import { keptFor, VIEW_FORMATS } from '../../lib/cli/show-view';
import type { ConfigDump } from '../../lib/envoy/config-dump';
import { emptyNotes } from '../../lib/view/notes';
import {
  FIELDS_IN_TABLE,
  gatherRoutes,
  type RouteFilters,
  routeView,
  selectRejected,
  selectRoutes,
  soughtBy,
} from '../../lib/view/route-view';

export default class RouteCommand extends MctlCommand {
  static override readonly summary =
    'Route configurations of a proxy: virtual hosts, their routes, and where they lead.';
  static override readonly aliases = ['routes', 'r']
    .flatMap((name) => [`proxy-config:${name}`, `pc:${name}`])
    .concat('pc:route');
  static override readonly examples = [
    {
      description: 'What the sample does with HTTP to port 9080, with conditions and destinations',
      command: '<%= config.bin %> pc route productpage-v1-6b746f74dc-9stvs.bookinfo --sample --name 9080 -o wide',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    name: filterFlag('The route configuration of this name.', { helpValue: 'NAME' }),
    fqdn: filterFlag('Virtual hosts whose name or domains hold this text.', { helpValue: 'HOST' }),
    verbose: verboseFlag,
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...viewFlags,
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RouteCommand);
    const { name, fqdn } = flags;
    const filters = { name, fqdn };
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun: 'route' },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        make: async (proxy) => {
          const keepAs = keptFor(flags.output);
          const hints = { sought: soughtBy(filters), nameText: name, fields: FIELDS_IN_TABLE, keepAs };
          const isThere = (one: ConfigDump): boolean =>
            anyOf(one.eachRoute(), (entry) => selectRoutes([entry], filters).length > 0);
          const dump = await loadSome(proxy, ['Routes'], hints, isThere);
          requireSection(dump, 'Routes');
          const { view, total, notes } = gatherRoutes(dump.eachRoute(), filters, flags.verbose, () =>
            routeView(selectRoutes(dump.routes, filters), flags.verbose, selectRejected(dump.routes, filters)),
          );
          requireSome('routes', total);
          return { view, notes: [...notes, ...(view.count === 0 ? emptyLines(dump, filters) : [])] };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

function emptyLines(dump: ConfigDump, { name = '', fqdn = '' }: RouteFilters): readonly string[] {
  const names: string[] = [];
  const hosts = new Set<string>();
  for (const entry of dump.eachRoute()) {
    for (const { resource } of selectRoutes([entry], {})) {
      names.push(entry.name);
      for (const host of resource.virtual_hosts ?? []) hosts.add(host.name ?? '');
    }
  }
  return emptyNotes('routes', names.length, [
    { flag: 'name', given: name, values: names },
    { flag: 'fqdn', given: fqdn, values: [...hosts] },
  ]);
}
