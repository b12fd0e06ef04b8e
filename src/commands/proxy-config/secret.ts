import { MctlCommand } from '../../lib/cli/command';
import { outputFlag, replicaFlags, sourceFlags, targetArgument, viewFlags } from '../../lib/cli/flags';
import { loadDump } from '../../lib/session/load';
import { requireSection, runView } from '../../lib/cli/run-view';
import { VIEW_FORMATS } from '../../lib/cli/show-view';
import { secretNotes, secretView } from '../../lib/view/secret-view';

export default class SecretCommand extends MctlCommand {
  static override readonly summary =
    'Certificates of a proxy: its own and the roots that it trusts. Private keys are never shown.';
  static override readonly aliases = ['proxy-config:secrets', 'proxy-config:s', 'pc:secrets', 'pc:s', 'pc:secret'];
  static override readonly examples = [
    {
      description: 'The certificates of a proxy of the sample',
      command: '<%= config.bin %> pc secret productpage-v1-6b746f74dc-9stvs.bookinfo --sample',
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
    const { args, flags } = await this.parse(SecretCommand);
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun: 'secret' },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        make: async (proxy) => {
          const dump = await loadDump(proxy, ['Secrets']);
          requireSection(dump, 'Secrets');
          const now = new Date();
          return { view: secretView(dump, now), notes: flags.output === 'wide' ? [] : secretNotes(dump, now) };
        },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}
