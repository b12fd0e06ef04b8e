import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { withMesh } from '../../lib/cli/session';
import { requestOf, ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { ExitCode, MctlError, UnavailableError, UsageError } from '../../lib/errors';
import { proxyName } from '../../lib/proxy-id';
import { textOfBody } from '../../lib/source/body';
import type { MeshSource, ZtunnelRequest, ZtunnelSource } from '../../lib/source/source';
import { loggingPath, parseZtunnelLevels } from '../../lib/ztunnel/logging';
import { visibleLine } from '../../lib/render/visible';
import { withoutSecrets } from '../../lib/secrets/secret-text';

export default class ZtunnelLogCommand extends MctlCommand {
  static override readonly summary =
    'Log levels of running ztunnels: read, set or reset. Of all of them where none is named.';
  static override readonly description =
    'Setting adds to what is set already; --reset goes back to the levels that ztunnel was started with. A module is written as access=debug.';
  static override readonly aliases = ['ztunnel-config:o', 'zc:o', 'zc:log'];
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'Levels of a ztunnel that can be reached as it is',
      command: '<%= config.bin %> zc log --admin http://localhost:15000',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    level: Flags.string({
      helpValue: '[MODULE=]LEVEL,…',
      summary: 'Set levels: trace, debug, info, warning, error, critical, off.',
    }),
    reset: Flags.boolean({ char: 'r', summary: 'Set the levels that ztunnel was started with.' }),
    output: Flags.string({ char: 'o', hidden: true, summary: "Accepted for istioctl's sake: only short." }),
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ZtunnelLogCommand);
    const request = requestOf({ flags, argv, any: false });
    const { level = '', output = '', reset } = flags;
    if (reset && level !== '') throw new UsageError('--level cannot be combined with --reset');
    if (output !== '' && output !== 'short') throw new UsageError('--output is not applicable for this command');
    const path = loggingPath(level === '' ? '' : parseZtunnelLevels(level), reset);
    await withMesh(flags, this.streams, async (mesh) => {
      const all = await ztunnelsOf(mesh, request);
      let failure: MctlError | null = null;
      for (const ztunnel of all) {
        try {
          const text = await answerOf(ztunnel, path);
          await this.print(`${visibleLine(nameOf(ztunnel))}:\n`);
          await this.print(`${withoutSecrets(text)}\n`, 'bytes');
        } catch (error) {
          if (!(error instanceof MctlError) || all.length === 1) throw error;
          this.note(`Error: ${nameOf(ztunnel)}: ${error.message}`);
          failure = error;
        }
      }
      if (reset) this.note('log level reset; ztunnel has the levels that it was started with.');
      if (failure !== null) this.exit(ExitCode.unavailable);
    });
  }
}

/** The ztunnel that was named, or all. Throws UsageError for a pod that is none. */
async function ztunnelsOf({ ztunnels, label }: MeshSource, request: ZtunnelRequest): Promise<readonly ZtunnelSource[]> {
  if (ztunnels === undefined) throw new UnavailableError(`${label} knows of no ztunnels`);
  if (request.target === undefined && request.node === undefined) return await ztunnels.openAll();
  const { ztunnel, workload } = await ztunnels.open(request);
  if (workload === null) return [ztunnel];
  throw new UsageError(`log is a command of ztunnels, and ${proxyName(workload)} is a pod that one serves`, {
    hint: `Its ztunnel is ${nameOf(ztunnel)}.`,
  });
}

async function answerOf(ztunnel: ZtunnelSource, path: string): Promise<string> {
  if (ztunnel.admin === undefined) {
    throw new UsageError(`log asks a running ztunnel, and ${ztunnel.label} is a saved configuration`, {
      hint: 'Name a ztunnel of a cluster, or give the address of one with --admin.',
    });
  }
  return await textOfBody(await ztunnel.admin('POST', path));
}

function nameOf(ztunnel: ZtunnelSource): string {
  return ztunnel.id === null ? ztunnel.label : proxyName(ztunnel.id);
}
