/** A trace in each of its forms. */
import { COLOURED, PLAIN } from '../render/style';
import { renderJson, renderYaml } from '../render/structured';
import { renderFramed } from '../render/table';
import type { Trace } from '../trace/model';
import { renderDot } from './graph/dot';
import { renderMermaid } from './graph/mermaid';
import { publicTrace } from './public-trace';
import { traceGraph } from './graph/trace-graph';
import { type ConfigAt, renderTraceHtml } from './html/trace-html';
import { traceJson } from './trace-json';
import { traceTable } from './trace-table';
import { renderTraceTree } from './tree/trace-tree';

export const TRACE_FORMATS = ['tree', 'table', 'json', 'yaml', 'mermaid', 'dot', 'html'] as const;

export type TraceFormat = (typeof TRACE_FORMATS)[number];

export interface TraceRenderOptions {
  /** Columns of the terminal; null where lines may be any length. */
  readonly width: number | null;
  /** Whether the tree may be coloured. */
  readonly colour: boolean;
  /** Every step, filter and setting in the tree. */
  readonly verbose?: boolean;
  /** Everything that the trace holds, steps without news included. */
  readonly explain: boolean;
  /** Whether the tree lists every other way that the trace has. */
  readonly listBranches?: boolean;
  /** Flags that name the source, for the commands that the tree suggests. */
  readonly source?: readonly string[];
  /** Finds the pieces of configuration that the page shows. */
  readonly configAt?: ConfigAt;
}

/** Where the output is no terminal, sentences are wrapped for one that is common. */
const COMMON_WIDTH = 80;

/** The text of a trace. The tree is clean of control characters but for its colours. */
export async function renderTrace(walked: Trace, format: TraceFormat, options: TraceRenderOptions): Promise<string> {
  const trace = publicTrace(walked);
  switch (format) {
    case 'tree': {
      const style = options.colour ? COLOURED : PLAIN;
      return renderTraceTree(trace, { ...options, width: options.width ?? COMMON_WIDTH, style });
    }
    case 'table':
      return await renderFramed(traceTable(trace), options.width);
    case 'json':
      return renderJson(traceJson(trace));
    case 'yaml':
      return await renderYaml(traceJson(trace));
    case 'mermaid':
      return renderMermaid(traceGraph(trace));
    case 'dot':
      return renderDot(traceGraph(trace));
    case 'html':
      return renderTraceHtml(trace, options.configAt ?? (() => undefined));
  }
}
