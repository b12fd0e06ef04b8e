/** Prints a trace in the format asked for. */
import type { ConfigAt } from '../../explain/html/config-text';
import type { PageOrigin } from '../../explain/html/trace-html';
import { renderTrace, streamedTraceJson, type TraceFormat, traceFormat } from '../../explain/render-trace';
import type { Trace } from '../../trace/model';
import type { Streams } from '../streams';

export interface TraceOutput {
  readonly format: TraceFormat;
  /** Whether the tree has every step and setting. */
  readonly verbose: boolean;
  /** Whether everything is shown that the trace holds. */
  readonly explain: boolean;
  /** Whether the other ways were asked for. */
  readonly listBranches: boolean;
  readonly configAt: ConfigAt;
  /** Asked for where the format is a page. */
  readonly origin: () => Promise<PageOrigin>;
  /** Flags that name the source of the trace. */
  readonly source: readonly string[];
}

/** Writes a trace to stdout. */
export async function writeTrace(
  walked: Trace,
  { format, origin, ...output }: TraceOutput,
  streams: Streams,
): Promise<void> {
  const { kind, countsBranches } = traceFormat(format);
  const trace = countsBranches || output.listBranches ? walked : withoutBranches(walked);
  if (format === 'json') {
    // One route can have 100,000 weighted clusters: the text of all of them is not held.
    await streams.write(streamedTraceJson(trace), kind);
    return;
  }
  const told = format === 'html' ? { origin: await origin() } : {};
  const text = await renderTrace(trace, format, { ...output, ...told, width: streams.width, colour: streams.colour });
  await streams.write(text, kind);
}

/** The ways were walked for the exit status; nobody asked to have them listed. */
function withoutBranches(trace: Trace): Trace {
  const { share, unwalked, ...rest } = trace;
  return share === undefined && unwalked === undefined ? trace : { ...rest, branches: [] };
}
