import { Flags } from '@oclif/core';
import { anyOf } from '../../lib/any-of';
import { MctlCommand } from '../../lib/cli/command';
import {
  filterFlag,
  outputFlag,
  portFlag,
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
import {
  addressesOf,
  BLACK_HOLE,
  directionOf,
  FIELDS_IN_TABLE,
  gatherListeners,
  LISTENER_DIRECTIONS,
  LISTENER_TYPES,
  type ListenerEntry,
  type ListenerFilters,
  listenerType,
  listenerView,
  portOf,
  selectListeners,
  selectNotServing,
  selectRejected,
  sorted,
  soughtBy,
} from '../../lib/view/listener-view';
import { waypointTable } from '../../lib/view/waypoint-view';
import { emptyNotes, vocabularyNotes } from '../../lib/view/notes';

export default class ListenerCommand extends MctlCommand {
  static override readonly summary = 'Listeners of a proxy: where it accepts connections, and what becomes of them.';
  static override readonly aliases = ['listeners', 'l']
    .flatMap((name) => [`proxy-config:${name}`, `pc:${name}`])
    .concat('pc:listener');
  static override readonly examples = [
    {
      description: 'The outbound capture listener of the sample mesh',
      command: '<%= config.bin %> pc listener productpage-v1-6b746f74dc-9stvs.bookinfo --sample --port 15001',
    },
    {
      description: 'Everything that listens on 9080, as JSON',
      command: '<%= config.bin %> pc listener productpage-v1-6b746f74dc-9stvs.bookinfo --sample --port 9080 -o json',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    address: filterFlag('Listeners on this address.', { helpValue: 'ADDRESS' }),
    port: portFlag({ helpGroup: 'filter', summary: 'Listeners on this port.' }),
    type: filterFlag('Listeners of this type: HTTP, TCP, HTTP+TCP, UNKNOWN.'),
    direction: filterFlag('Listeners of this direction: inbound, outbound, unspecified.'),
    name: filterFlag('The listener of this name.'),
    verbose: verboseFlag,
    waypoint: Flags.boolean({
      hidden: true,
      summary: 'Filter chains in their order, with the way through the matcher tree.',
    }),
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...viewFlags,
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ListenerCommand);
    const { address, port, type, direction, name } = flags;
    const filters = { address, port, type, direction, name };
    const warnings = [
      ...vocabularyNotes('type', type, LISTENER_TYPES),
      ...vocabularyNotes('direction', direction, LISTENER_DIRECTIONS),
    ];
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun: 'listener' },
        format: flags.waypoint ? 'short' : flags.output,
        failOnEmpty: flags['fail-on-empty'],
        make: async (proxy) => {
          const keepAs = flags.waypoint ? 'whole' : keptFor(flags.output);
          const sought = soughtBy(filters);
          const hints = { sought, nameText: name, fields: FIELDS_IN_TABLE, keepAs, telling: BLACK_HOLE };
          const isThere = (one: ConfigDump): boolean =>
            anyOf(one.eachListener(), (entry) => selectListeners([entry], filters).length > 0);
          const dump = await loadSome(proxy, ['Listeners'], hints, isThere);
          requireSection(dump, 'Listeners', 'listener dump: ');
          const all = (): readonly ListenerEntry[] => selectListeners(dump.listeners, {});
          if (flags.waypoint) {
            requireSome('listeners', all().length);
            return { view: { ...listenerView(all(), true), table: waypointTable(sorted(all())) }, notes: [] };
          }
          const { view, total, notes } = gatherListeners(dump.eachListener(), filters, flags.verbose, () => {
            return listenerView(
              selectListeners(all(), filters),
              flags.verbose,
              selectNotServing(dump.listeners, filters),
              selectRejected(dump.listeners, filters),
            );
          });
          requireSome('listeners', total);
          return { view, notes: [...warnings, ...notes, ...(view.count === 0 ? emptyLines(dump, filters) : [])] };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

function emptyLines(dump: ConfigDump, filters: ListenerFilters): readonly string[] {
  const { address = '', port = 0, type = '', direction = '', name = '' } = filters;
  const addresses = new Set<string>();
  const seen = { port: new Set<string>(), type: new Set<string>(), direction: new Set<string>() };
  const names: string[] = [];
  for (const entry of dump.eachListener()) {
    for (const { resource } of selectListeners([entry], {})) {
      names.push(entry.name);
      for (const one of addressesOf(resource)) addresses.add(one);
      seen.port.add(String(portOf(resource)));
      seen.type.add(listenerType(resource));
      seen.direction.add(directionOf(resource));
    }
  }
  return emptyNotes('listeners', names.length, [
    { flag: 'address', given: address, values: [...addresses] },
    { flag: 'port', given: String(port), values: [...seen.port] },
    { flag: 'type', given: type, values: [...seen.type] },
    { flag: 'direction', given: direction, values: [...seen.direction] },
    { flag: 'name', given: name, values: names },
  ]);
}
