import { MctlCommand } from '../../lib/cli/command';
import { endpointFilterFlags, endpointNotes } from '../../lib/cli/endpoint-flags';
import { outputFlag, replicaFlags, sourceFlags, targetArgument, viewFlags } from '../../lib/cli/flags';
import { loadDump } from '../../lib/session/load';
import { podNames } from '../../lib/cli/pod-names';
import { runView } from '../../lib/cli/run-view';
import { VIEW_FORMATS } from '../../lib/cli/show-view';
import { edsView } from '../../lib/view/eds-view';

export default class EdsCommand extends MctlCommand {
  static override readonly summary = 'Endpoints as the control plane delivered them (EDS).';
  static override readonly hidden = true;
  static override readonly aliases = ['pc:eds'];
  static override readonly examples = [
    {
      description: 'What the control plane told of one cluster of the sample',
      command:
        "<%= config.bin %> pc eds productpage-v1-6b746f74dc-9stvs.bookinfo --sample --cluster 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local'",
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
          const all = (): typeof view => edsView(dump.endpoints, {}, 'with-port', podOf);
          return { view, notes: endpointNotes(flags, view, all) };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}
