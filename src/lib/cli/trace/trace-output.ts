/** Prints a trace in the format asked for. */
import type { ConfigAt } from '../../explain/html/trace-html';
import { renderTrace, TRACE_FORMATS, type TraceFormat } from '../../explain/render-trace';
import type { Trace } from '../../trace/model';
import { kindOf } from '../formats';
import type { Streams } from '../streams';

export interface TraceOutput {
  /** One of TRACE_FORMATS. */
  readonly format: string;
  /** Whether everything is shown that the trace holds. */
  readonly explain: boolean;
  readonly configAt: ConfigAt;
}

/** Writes a trace to stdout. */
export async function writeTrace(
  trace: Trace,
  { format, explain, configAt }: TraceOutput,
  streams: Streams,
): Promise<void> {
  const known: TraceFormat = TRACE_FORMATS.find((one) => one === format) ?? 'tree';
  const text = await renderTrace(trace, known, { width: streams.width, colour: streams.colour, explain, configAt });
  await streams.write(text, known === 'tree' ? 'styled' : kindOf(known));
}
