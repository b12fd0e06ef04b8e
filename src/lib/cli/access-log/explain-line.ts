/** Explains one access log line, and holds it against the proxy that wrote it where a source is given. */
import { collectedLine, isZtunnelLine, whyUnread } from '../../access-log/collected-line';
import type { LineComparison } from '../../access-log/compare';
import type { LogEntry } from '../../access-log/entry';
import type { LogFormat } from '../../access-log/format';
import { judge, type Judgement } from '../../access-log/judge';
import { type LogLine, readLogLine } from '../../access-log/read-line';
import { entriesOf, firstGood, withReading } from '../../access-log/readings';
import { type RebuiltRequest, rebuiltRequest, type WriterFacts } from '../../access-log/rebuilt-request';
import { writerOf } from '../../access-log/replay';
import { UsageError } from '../../errors';
import { nearestTerms } from '../../glossary/glossary';
import {
  comparisonLines,
  type ExplainedField,
  explainedFields,
  traceCommand,
} from '../../explain/access-log/line-text';
import { withSource } from '../../explain/summary/facts';
import type { TraceQuery } from '../../trace/request/query';
import type { LogWriter } from './prophets';

export interface ExplainedLine {
  readonly format: string;
  readonly fields: readonly ExplainedField[];
  /** The question that the line is about; null where it does not hold enough. */
  readonly request: TraceQuery | null;
  readonly command: string | null;
  readonly comparison: LineComparison | null;
  /** What the line does not hold and the request must have had; null where nothing. */
  readonly needs: string | null;
  /** The comparison in words; null where there was nothing to compare with. */
  readonly says: readonly string[] | null;
}

/**
 * Throws UsageError for a line that has none of the formats.
 * @param source words of the source that the command which is told asks again
 */
export async function explainLine(
  text: string,
  formats: readonly LogFormat[],
  writer: LogWriter | null,
  source: readonly string[],
): Promise<ExplainedLine> {
  const known = [...formats, ...(writer?.formats ?? [])];
  const collected = await collectedLine(text, () => Promise.resolve(known));
  const line = readLogLine(collected?.text ?? text, known);
  if (line === null) throw isZtunnelLine(text) ? ztunnelLine() : unreadableLine(text);
  const entries = entriesOf(line);
  const facts = writer === null ? NO_WRITER : writerOf(writer.prophet);
  const { entry, found, as } = await firstGood(
    entries,
    async (one) => await judgedAt(one, rebuiltRequest(one, facts), writer),
    (judgement) => judgement?.comparison.kind === 'agree',
  );
  if (writer === null || found === null) {
    const rebuilt = rebuiltRequest(entry, facts);
    const query = rebuilt?.query ?? null;
    return {
      ...wordsOf(line, entry, query, commandOf(null, query, source)),
      comparison: null,
      needs: null,
      says: null,
    };
  }
  const { comparison, query } = found;
  const needs = withReading(as, found.needs);
  const otherwise = as === null ? [] : [`The line can be read in several ways: this is with ${as}.`];
  const says = [...otherwise, ...comparisonLines(comparison, found.needs)];
  return { ...wordsOf(line, entry, query, commandOf(writer.proxy, query, source)), comparison, needs, says };
}

const NO_WRITER: WriterFacts = { ips: [], type: null, ownPorts: new Set() };

/** Null where there is nothing to hold the line against, or nothing that could be held. */
async function judgedAt(
  entry: LogEntry,
  rebuilt: RebuiltRequest | null,
  writer: LogWriter | null,
): Promise<Judgement | null> {
  return writer === null || rebuilt === null ? null : await judge(entry, rebuilt, writer.prophet);
}

function wordsOf(
  line: LogLine,
  entry: LogEntry,
  request: TraceQuery | null,
  command: string | null,
): Pick<ExplainedLine, 'format' | 'fields' | 'request' | 'command'> {
  return {
    format: line.format.name,
    fields: explainedFields(entry),
    request,
    command,
  };
}

function commandOf(proxy: string | null, request: TraceQuery | null, source: readonly string[]): string | null {
  return request === null ? null : withSource(traceCommand(proxy ?? 'POD.NAMESPACE', request), source);
}

function ztunnelLine(): UsageError {
  return new UsageError("The line is of ztunnel's access log; mctl explains and replays those of Envoy", {
    hint: 'To see what ztunnel does with such a connection: mctl pc trace POD.NAMESPACE http://HOST:PORT/, with the address of dst.service as HOST.',
  });
}

function unreadableLine(text: string): UsageError {
  const near = nearestTerms(text);
  const why = whyUnread(text);
  const tells = why === null ? '' : `; ${why}`;
  return new UsageError(
    `The text is neither a term that mctl knows nor an access log line of a format that it knows${tells}`,
    {
      hint:
        near.length > 0
          ? `Did you mean ${near.map((name) => JSON.stringify(name)).join(', ')}?`
          : "Give the line's format with --format, as the proxy's configuration has it.",
    },
  );
}
