import { Flags } from '@oclif/core';
import { MctlCommand } from '../lib/cli/command';
import { outputFlag, parseChoice, replicaFlags, sourceFlags, targetArgument } from '../lib/cli/flags';
import { Progress } from '../lib/cli/progress';
import { loadProxyConfig } from '../lib/session/load';
import { loadZtunnel } from '../lib/session/load-ztunnel';
import { withLintSubjects } from '../lib/cli/ztunnel/lint-subjects';
import { printView, VIEW_FORMATS } from '../lib/cli/formats';
import { ExitCode } from '../lib/errors';
import { RULES, type Severity } from '../lib/lint/finding';
import { lint } from '../lib/lint/lint';
import { lintOfReplicas } from '../lib/lint/lint-replicas';
import { notExamined } from '../lib/lint/shadowed-routes';
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
    const findings = await withLintSubjects(wanted, this.streams, async ({ proxies, ztunnels }) => {
      const all: ProxyFinding[] = [];
      const left = new Set<string>();
      const lintOnce = proxies.length > 1 ? lintOfReplicas() : lint;
      const progress = new Progress(this.streams, 'proxies');
      for (const [index, source] of proxies.entries()) {
        const config = await loadProxyConfig(source);
        const proxy = config.id === null ? null : proxyName(config.id);
        for (const finding of lintOnce(config)) all.push({ proxy, ...finding });
        if (proxies.length > 1) progress.update(index + 1, proxies.length, proxy);
        for (const what of notExamined(config)) left.add(what);
      }
      progress.clear();
      for (const what of left) this.note(`Not examined: ${visibleLine(what)}.`);
      for (const source of ztunnels) {
        const proxy = source.id === null ? null : proxyName(source.id);
        for (const finding of lintZtunnel(await loadZtunnel(source))) all.push({ proxy, ...finding });
      }
      return all.filter(
        (one) =>
          (severity === 'warning' || one.severity === 'error') && (rules === undefined || rules.includes(one.rule)),
      );
    });
    const isMany = flags['all-replicas'] || flags.selector !== undefined;
    await printView(lintView(findings, isMany), flags.output, this.streams, 'mctl');
    if (findings.length === 0) this.note('Nothing found.');
    else this.exit(ExitCode.no);
  }
}
