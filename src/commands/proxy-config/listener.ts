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
import { isTable, VIEW_FORMATS } from '../../lib/cli/show-view';
import type { ConfigDump } from '../../lib/envoy/config-dump';
import {
  addressesOf,
  BLACK_HOLE,
  directionOf,
  FIELDS_IN_TABLE,
  gatherListeners,
  hintOf,
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
          const whole = !isTable(flags.output) || flags.waypoint;
          const hints = { text: hintOf(filters), nameText: name, fields: FIELDS_IN_TABLE, whole, telling: BLACK_HOLE };
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
          return { view, notes: [...warnings, ...notes, ...(view.count === 0 ? emptyLines(all(), filters) : [])] };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

function emptyLines(all: readonly ListenerEntry[], filters: ListenerFilters): readonly string[] {
  const { address = '', port = 0, type = '', direction = '', name = '' } = filters;
  return emptyNotes('listeners', all.length, [
    { flag: 'address', given: address, values: all.flatMap(({ resource }) => addressesOf(resource)) },
    { flag: 'port', given: String(port), values: all.map(({ resource }) => String(portOf(resource))) },
    { flag: 'type', given: type, values: all.map(({ resource }) => listenerType(resource)) },
    { flag: 'direction', given: direction, values: all.map(({ resource }) => directionOf(resource)) },
    { flag: 'name', given: name, values: all.map((entry) => entry.name) },
  ]);
}
