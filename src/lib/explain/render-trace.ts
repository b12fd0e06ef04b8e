/** A trace in each of its forms. */
import { COLOURED, PLAIN } from '../render/style';
import { renderJson, renderYaml } from '../render/structured';
import { streamedJson } from '../render/streamed';
import { renderFramed } from '../render/table';
import type { Trace } from '../trace/model';
import { renderDot } from './graph/dot';
import { renderMermaid } from './graph/mermaid';
import { publicTrace } from './public-trace';
import { traceGraph } from './graph/trace-graph';
import type { ConfigAt } from './html/config-text';
import { type PageOrigin, renderTraceHtml } from './html/trace-html';
import { traceJson } from './trace-json';
import { traceTable } from './trace-table';
import { renderTraceTree } from './tree/trace-tree';

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
  /** What the page says of its source. */
  readonly origin?: PageOrigin;
}

/** Where the output is no terminal, sentences are wrapped for one that is common. */
const COMMON_WIDTH = 80;

/** A format of traces. */
interface TraceFormatRules {
  readonly text: (trace: Trace, options: TraceRenderOptions) => string | Promise<string>;
  /** What its text is for those who print it: `styled` is clean of control characters but for its colours, `data` has escapes. */
  readonly kind: 'styled' | 'text' | 'data';
  /** Whether it tells of the other ways that the request can take, though nobody asked to have them listed. */
  readonly countsBranches: boolean;
}

const FORMATS = {
  tree: {
    text: (trace, options) =>
      renderTraceTree(trace, {
        ...options,
        width: options.width ?? COMMON_WIDTH,
        style: options.colour ? COLOURED : PLAIN,
      }),
    kind: 'styled',
    countsBranches: true,
  },
  table: { text: (trace, { width }) => renderFramed(traceTable(trace), width), kind: 'text', countsBranches: true },
  json: { text: (trace) => renderJson(traceJson(trace)), kind: 'data', countsBranches: false },
  yaml: { text: (trace) => renderYaml(traceJson(trace)), kind: 'data', countsBranches: false },
  mermaid: { text: (trace) => renderMermaid(traceGraph(trace)), kind: 'text', countsBranches: true },
  dot: { text: (trace) => renderDot(traceGraph(trace)), kind: 'text', countsBranches: true },
  html: {
    text: (trace, { configAt = () => undefined, origin, source }) =>
      renderTraceHtml(trace, configAt, { origin, source }),
    kind: 'text',
    countsBranches: true,
  },
} satisfies Record<string, TraceFormatRules>;

export type TraceFormat = keyof typeof FORMATS;

/** As the help lists them. */
export const TRACE_FORMATS = Object.keys(FORMATS) as readonly TraceFormat[];

/** What is done in a format of traces. */
export function traceFormat(format: TraceFormat): Omit<TraceFormatRules, 'text'> {
  return FORMATS[format];
}

/** The text of a trace, without what is secret in it. */
export async function renderTrace(walked: Trace, format: TraceFormat, options: TraceRenderOptions): Promise<string> {
  const { text, kind } = FORMATS[format];
  return await text(publicTrace(walked, kind !== 'data'), options);
}

/** As renderTrace in JSON, a piece at a time. */
export function streamedTraceJson(walked: Trace): Iterable<string> {
  return streamedJson(traceJson(publicTrace(walked, false)));
}
