import { Flags } from '@oclif/core';
import { MctlCommand } from '../lib/cli/command';
import { outputFlag, parseChoice, replicaFlags, sourceFlags, targetArgument } from '../lib/cli/flags';
import { loadZtunnel } from '../lib/session/load-ztunnel';
import { lintProxies } from '../lib/cli/lint-proxies';
import { withLintSubjects } from '../lib/cli/ztunnel/lint-subjects';
import { printView, VIEW_FORMATS } from '../lib/cli/formats';
import { ExitCode } from '../lib/errors';
import { RULES, type Severity } from '../lib/lint/finding';
import { lintZtunnel } from '../lib/lint/ztunnel/lint-ztunnel';
import { lintView, type ProxyFinding } from '../lib/lint/lint-view';
import { proxyName } from '../lib/proxy-id';
import { visibleLine } from '../lib/render/visible';

const SEVERITIES: readonly Severity[] = ['error', 'warning'];

export default class LintCommand extends MctlCommand {
  static override readonly summary =
    'What can never match or leads nowhere: shadowed routes, missing clusters, empty subsets, missing waypoints, and the like.';
  static override readonly examples = [
    {
      description: 'The sample mesh, every proxy',
      command: '<%= config.bin %> <%= command.id %> --sample --all-replicas',
    },
    {
      description: 'The ambient sample, its waypoint and its ztunnel',
      command: '<%= config.bin %> <%= command.id %> --sample=ambient --all-replicas',
    },
    {
      description: 'Only what makes requests fail, as JSON',
      command: '<%= config.bin %> <%= command.id %> -f dump.json --severity error -o json',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    severity: Flags.custom<Severity>({
      helpValue: SEVERITIES.join('|'),
      summary: 'Report this severity and worse (warning).',
      default: 'warning',
      parse: (text, _context, options) => Promise.resolve(parseChoice(text, SEVERITIES, options.name)),
    })(),
    rule: Flags.custom<(typeof RULES)[number]>({
      multiple: true,
      helpValue: 'RULE',
      summary: `Report these rules only: ${RULES.join(', ')}.`,
      parse: (text, _context, options) => Promise.resolve(parseChoice(text, RULES, options.name)),
    })(),
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LintCommand);
    const wanted = { flags, target: args.target, noun: 'lint' };
    const { severity, rule: rules } = flags;
    const { findings, hasFailed } = await withLintSubjects(
      wanted,
      this.streams,
      async ({ proxies, ztunnels, known }) => {
        const looked = await lintProxies(proxies, flags.concurrency, this.streams);
        const all: ProxyFinding[] = [...looked.findings];
        for (const what of looked.left) this.note(`Not examined: ${visibleLine(what)}.`);
        for (const source of ztunnels) {
          const proxy = source.id === null ? null : proxyName(source.id);
          for (const finding of lintZtunnel(await loadZtunnel(source), known)) all.push({ proxy, ...finding });
        }
        const wantedFindings = all.filter(
          (one) =>
            (severity === 'warning' || one.severity === 'error') && (rules === undefined || rules.includes(one.rule)),
        );
        return { findings: wantedFindings, hasFailed: looked.hasFailed };
      },
    );
    const isMany = flags['all-replicas'] || flags.selector !== undefined;
    await printView(lintView(findings, isMany), flags.output, this.streams, 'mctl');
    if (findings.length === 0 && !hasFailed) this.note('Nothing found.');
    const status = hasFailed ? ExitCode.unavailable : findings.length === 0 ? ExitCode.ok : ExitCode.no;
    if (status !== ExitCode.ok) this.exit(status);
  }
}
