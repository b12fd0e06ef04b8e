/** `mctl check --generate`: a check file of one proxy's routes, on standard output. */
import { isAbsolute, join, relative, sep } from 'node:path';
import { UsageError } from '../../errors';
import type { CheckSource, RequestMode } from '../../check/check-file';
import type { Shard } from '../../check/shard';
import { checkFileText, checkFileValue, leftOut } from '../../generate/check-file-text';
import { generateChecks } from '../../generate/generate';
import { withoutSecretChecks } from '../../generate/withheld';
import { renderJson } from '../../render/structured';
import { TraceSession } from '../../session/trace-session';
import { packageRoot } from '../package-root';
import { type SourceFlags, withProxy } from '../session';
import { collectGarbageSooner } from '../thrift';
import type { Streams } from '../streams';

/** In which a file of checks is read; what is printed for people where nothing is asked for is YAML, too. */
const CHECK_FILE_FORMATS = ['yaml', 'json'] as const;

/** Throws UsageError for formats that reports of judged checks have, of which there are none yet. */
function refuseReports({ output, report = [] }: Pick<GenerateFlags, 'output' | 'report'>): void {
  if (report.length > 0)
    throw new UsageError('--report is for checks that are judged, and check --generate judges none', {
      hint: 'It prints a check file; redirect it: mctl check --generate POD > checks.yaml',
    });
  if (output === 'pretty' || CHECK_FILE_FORMATS.some((known) => known === output)) return;
  throw new UsageError(`invalid argument "${output}" for "--output" flag: check --generate writes a check file`, {
    hint: `Formats with --generate: ${CHECK_FILE_FORMATS.join(', ')}.`,
  });
}

interface GenerateFlags extends SourceFlags {
  readonly output: string;
  readonly mode?: RequestMode | undefined;
  readonly shard?: Shard | undefined;
  readonly report?: readonly unknown[] | undefined;
}

/** Writes YAML, or JSON with `-o json`; what could not be reached goes to standard error, too. */
export async function generateFile(targets: readonly string[], flags: GenerateFlags, streams: Streams): Promise<void> {
  const [target, ...more] = targets;
  refuseReports(flags);
  collectGarbageSooner();
  if (more.length > 0) throw new UsageError('check --generate takes one proxy');
  const { generated, proxy } = await withProxy({ flags, target, noun: 'check' }, streams, async (source, mesh) => {
    const tracer = await new TraceSession(mesh).tracer(source);
    const options = { allBranches: false, explain: false, quiet: true };
    const made = await generateChecks(
      tracer.config,
      (query, watch) => tracer.facts(query, { ...options, watch }),
      flags.mode ?? null,
      flags.shard,
    );
    return { generated: withoutSecretChecks(made), proxy: target ?? tracer.proxy };
  });
  const isJson = flags.output === 'json';
  const of = { proxy, source: sourceNamed(flags, streams), schema: schemaPath() };
  if (isJson) await streams.write(renderJson(checkFileValue(generated, of)), 'data');
  else await streams.write(checkFileText(generated, of));
  const { checks, unreached, left } = generated;
  const missing = unreached.length === 0 ? '' : ` No request was found for ${counted(unreached.length, 'route')}.`;
  streams.note(`${counted(checks.length, 'check')}.${missing}`);
  if (left > 0) streams.note(leftOut(left));
  if (isJson) for (const { route, because } of unreached) streams.note(`  ${route}: ${because}`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The schema of check files in this installation: from here where it is below, else from the root. */
function schemaPath(): string {
  const path = join(packageRoot(), 'schemas', 'check.schema.json');
  const below = relative(process.cwd(), path);
  return below.startsWith('..') || isAbsolute(below) ? path : `./${below.split(sep).join('/')}`;
}

/** The source as a check file names it, paths as they were given; null for standard input and the current context. */
function sourceNamed(flags: SourceFlags, streams: Streams): CheckSource | null {
  const { file = [], sample, admin, context, kubeconfig, namespace } = flags;
  if (sample === 'ambient') return { sample };
  if (sample !== undefined && sample !== false) return { sample: true };
  if (file.length > 0) return file.includes('-') ? null : { file };
  if (admin !== undefined) return { admin };
  const snapshot = flags.snapshot ?? streams.env['MCTL_SNAPSHOT'] ?? '';
  if (snapshot !== '') return { snapshot };
  const cluster = Object.entries({ context, kubeconfig, namespace }).filter(([, value]) => value !== undefined);
  return cluster.length === 0 ? null : Object.fromEntries(cluster);
}
