/** Runs the checks of files against the sources that they name. */
import { type Coverage, CoverageCollector } from '../../check/coverage';
import type { Check, CheckFile } from '../../check/check-file';
import { type CheckReport, reportOf } from '../../check/result';
import { runChecks } from '../../check/run-checks';
import { type Shard, shardOf } from '../../check/shard';
import { UsageError } from '../../errors';
import type { Trace } from '../../trace/model';
import { Progress } from '../progress';
import type { SourceFlags } from '../session';
import type { Streams } from '../streams';
import { CheckMeshes } from './check-meshes';

export interface JudgeOptions {
  readonly source: SourceFlags;
  /** Null for all checks. */
  readonly shard: Shard | null;
  /** Only checks whose name holds this text; null for all. */
  readonly grep: string | null;
  readonly bail: boolean;
  readonly coverage: boolean;
  /** Keep the traces of checks that passed, too. */
  readonly keepTraces: boolean;
  /** Names the lines of YAML that the steps of a trace came from. */
  readonly locate: (trace: Trace) => Trace;
}

/** Judges every check over one load of each dump. Throws UsageError where no check has the text that `grep` wants. */
export async function judgeFiles(
  files: readonly CheckFile[],
  options: JudgeOptions,
  streams: Streams,
): Promise<CheckReport> {
  const checks = chosen(
    files.flatMap((file) => file.checks),
    options,
  );
  const meshes = new CheckMeshes(files, options.source, streams);
  const progress = new Progress(streams, 'checks');
  const collector = new CoverageCollector();
  try {
    const judged = await runChecks(checks, (check) => meshes.judgeOf(check), {
      bail: options.bail ? 1 : null,
      keepTraces: options.keepTraces,
      onResult: ({ trace, name }, done, total) => {
        if (trace !== null) collector.add(trace);
        if (streams.watched) progress.update(done, total, name);
      },
    });
    const results = judged.map((one) => (one.trace === null ? one : { ...one, trace: options.locate(one.trace) }));
    if (!options.coverage) return reportOf(results, null, options.shard);
    // Of one proxy under several names the last counts.
    const covered = new Map<string, Coverage>();
    for await (const { proxy, config } of meshes.judges()) {
      const name = proxy ?? config.dump.label;
      for (const one of collector.of(new Map([[name, config]]))) covered.set(name, one);
    }
    return reportOf(results, [...covered.values()], options.shard);
  } finally {
    progress.clear();
    await meshes.close();
  }
}

function chosen(checks: readonly Check[], { grep, shard }: JudgeOptions): readonly Check[] {
  const named = grep === null ? checks : checks.filter((check) => check.name.includes(grep));
  if (named.length === 0 && checks.length > 0) {
    throw new UsageError(`no check has ${JSON.stringify(grep)} in its name`);
  }
  return shard === null ? named : shardOf(named, shard, ({ file, proxy }) => `${file}\n${proxy ?? ''}`);
}
