import { MctlCommand } from '../../lib/cli/command';
import { outputFlag, sourceFlags } from '../../lib/cli/flags';
import { loadDump } from '../../lib/session/load';
import { requireSection } from '../../lib/session/read-view';
import { resultFormats } from '../../lib/cli/result-formats';
import { type Side, sideArguments, twoSides, withSides } from '../../lib/cli/comparison-sides';
import { ExitCode } from '../../lib/errors';
import { proxyName } from '../../lib/proxy-id';
import { renderPlain, visibleTable } from '../../lib/render/table';
import { visibleLine } from '../../lib/render/visible';
import {
  compareTrust,
  pairTable,
  trustJson,
  trustLines,
  type TrustParty,
  trustParty,
  type TrustReport,
} from '../../lib/view/root-compare';

function pairText(report: TrustReport, isShort: boolean): string {
  const table = visibleTable(pairTable(report, isShort));
  return `${renderPlain(table)}\n${trustLines(report).map(visibleLine).join('\n')}\n`;
}

const FORMATS = resultFormats(
  trustJson,
  { short: (report) => pairText(report, true), wide: (report) => pairText(report, false) },
  ['json', 'yaml', 'jsonpath='],
);

export default class RootcaCompareCommand extends MctlCommand {
  static override readonly summary =
    "Whether two proxies can trust each other: their roots, and each one's chain against the other's.";
  static override readonly aliases = ['proxy-config:rc', 'pc:rc', 'pc:rootca-compare'];
  static override readonly examples = [
    {
      description: 'Two proxies of the sample',
      command:
        '<%= config.bin %> pc rootca-compare productpage-v1-6b746f74dc-9stvs.bookinfo details-v1-79f774bdb9-6jl84.bookinfo --sample',
    },
    { description: 'Two saved dumps', command: '<%= config.bin %> pc rootca-compare one.json other.json' },
  ];
  static override readonly args = sideArguments;
  static override readonly flags = {
    output: outputFlag(FORMATS.names, 'short'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RootcaCompareCommand);
    const two = twoSides('pc rootca-compare', args, flags);
    const report = await withSides(two.texts, two.flags, this.streams, async (a, b) =>
      compareTrust(await partyOf(a), await partyOf(b)),
    );
    await FORMATS.print(report, flags.output, this.streams);
    if (!report.trusted) this.exit(ExitCode.no);
  }
}

async function partyOf(side: Side): Promise<TrustParty> {
  const proxy = await side.one();
  const dump = await loadDump(proxy, ['Secrets']);
  requireSection(dump, 'Secrets');
  return trustParty(
    proxy.id === null ? side.text : proxyName(proxy.id),
    dump,
    side.mesh.live === true ? new Date() : null,
  );
}
