import { MctlCommand } from '../../lib/cli/command';
import { endpointFilterFlags } from '../../lib/cli/endpoint-flags';
import { outputFlag, replicaFlags, sourceFlags, targetArgument, viewFlags } from '../../lib/cli/flags';
import { loadDump } from '../../lib/session/load';
import { podNames } from '../../lib/cli/pod-names';
import { runView } from '../../lib/cli/run-view';
import { VIEW_FORMATS } from '../../lib/cli/show-view';
import { edsView } from '../../lib/view/eds-view';
import { HEALTH_STATUSES } from '../../lib/view/endpoint-view';
import { emptyNotes, vocabularyNotes } from '../../lib/view/notes';

export default class EdsCommand extends MctlCommand {
  static override readonly summary = 'Endpoints as the control plane delivered them (EDS).';
  static override readonly hidden = true;
  static override readonly aliases = ['pc:eds'];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    ...endpointFilterFlags,
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...viewFlags,
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EdsCommand);
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun: 'eds' },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        make: async (proxy, mesh) => {
          const dump = await loadDump(proxy, ['Endpoints']);
          const podOf = flags.output === 'wide' ? await podNames(mesh) : () => null;
          const view = edsView(dump.endpoints, flags, 'with-port', podOf);
          const given = (['address', 'cluster', 'status'] as const).map((flag) => ({
            flag,
            given: flags[flag] ?? '',
            values: dump.endpoints.map((entry) => entry.name),
          }));
          const notes = view.count > 0 ? [] : emptyNotes('endpoints', dump.endpoints.length, given);
          return { view, notes: [...vocabularyNotes('status', flags.status, HEALTH_STATUSES), ...notes] };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}
