/** `mctl check --generate`: a check file of one proxy's routes, on standard output. */
import { UsageError } from '../../errors';
import { checkFileText, checkFileValue } from '../../generate/check-file-text';
import { generateChecks } from '../../generate/generate';
import { withoutSecretChecks } from '../../generate/withheld';
import { renderJson } from '../../render/structured';
import { TraceSession } from '../../session/trace-session';
import { type SourceFlags, withProxy } from '../session';
import type { Streams } from '../streams';

/** Writes YAML, or JSON with `-o json`; what could not be reached goes to standard error, too. */
export async function generateFile(
  targets: readonly string[],
  flags: SourceFlags & { readonly output: string },
  streams: Streams,
): Promise<void> {
  const [target, ...more] = targets;
  if (more.length > 0) throw new UsageError('check --generate takes one proxy');
  const { generated, proxy } = await withProxy({ flags, target, noun: 'check' }, streams, async (source, mesh) => {
    const tracer = await new TraceSession(mesh).tracer(source);
    const options = { allBranches: false, explain: false };
    const made = await generateChecks(tracer.config, (query) => tracer.trace(query, options));
    return { generated: withoutSecretChecks(made), proxy: target ?? tracer.proxy };
  });
  const isJson = flags.output === 'json';
  await streams.write(isJson ? renderJson(checkFileValue(generated, proxy)) : await checkFileText(generated, proxy));
  const { checks, unreached } = generated;
  streams.note(`${checks.length} checks; no request was found for ${unreached.length} routes.`);
  if (isJson) for (const { route, because } of unreached) streams.note(`  ${route}: ${because}`);
}
