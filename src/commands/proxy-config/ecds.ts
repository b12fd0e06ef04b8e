import { MctlCommand } from '../../lib/cli/command';
import { outputFlag, replicaFlags, sourceFlags, targetArgument, viewFlags } from '../../lib/cli/flags';
import { loadDump } from '../../lib/session/load';
import { runView } from '../../lib/cli/run-view';
import { VIEW_FORMATS } from '../../lib/cli/show-view';
import { ecdsView } from '../../lib/view/ecds-view';

export default class EcdsCommand extends MctlCommand {
  static override readonly summary = 'Filters that a proxy fetched by extension discovery (ECDS).';
  static override readonly aliases = ['proxy-config:ec', 'pc:ec', 'pc:ecds'];
  static override readonly examples = [
    {
      description: 'The discovered filters of a proxy of the sample; it has none',
      command: '<%= config.bin %> pc ecds productpage-v1-6b746f74dc-9stvs.bookinfo --sample',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...viewFlags,
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EcdsCommand);
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun: 'ecds' },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        make: async (proxy) => {
          const dump = await loadDump(proxy, ['Ecds']);
          const view = ecdsView(dump);
          const notes =
            dump.section('Ecds') === null
              ? ['The dump has no EcdsConfigDump: this proxy uses no extension discovery.']
              : [];
          return { view, notes };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}
