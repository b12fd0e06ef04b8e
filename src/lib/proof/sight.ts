/** What was seen of one request at one hop. */
import { entryOf, type LogEntry } from '../access-log/entry';
import type { LogFormat } from '../access-log/format';
import { readLogLine } from '../access-log/read-line';
import type { Hop } from '../trace/model';
import type { Rise } from './counters';
import type { EnvoyLog } from './envoy-log';
import { hasRequestId } from './request-id';
import { type Story, storiesOf, tellsRequests } from './story';

/** What one proxy let be seen while requests were sent. */
export interface ProxyEvidence {
  /** Null where its log cannot be read. */
  readonly log: EnvoyLog | null;
  /** Of its access logs. */
  readonly formats: readonly LogFormat[];
  /** Null where its counters cannot be read. */
  readonly rise: (Rise & { readonly names: readonly string[] }) | null;
}

/** A line of an access log about the request. */
export interface AccessLine {
  readonly entry: LogEntry;
  /** By operator. */
  readonly values: ReadonlyMap<string, string | null>;
}

export interface Sight {
  /** Whether the log tells of every request, so that silence means that it did not come. */
  readonly isHeard: boolean;
  readonly story: Story | null;
  readonly line: AccessLine | null;
  readonly rise: ProxyEvidence['rise'];
  /** Whether only this one request was sent, so that counters tell of it. */
  readonly isOnly: boolean;
}

export const BLIND: Sight = { isHeard: false, story: null, line: null, rise: null, isOnly: false };

/** The lines of access logs about a request, each once whatever formats it was written in. */
export function accessLines({ log, formats }: ProxyEvidence, id: string): readonly AccessLine[] {
  return (log?.others ?? [])
    .filter((line) => hasRequestId(line, id))
    .flatMap((line) => {
      const read = readLogLine(line, formats);
      return read === null ? [] : [{ entry: entryOf(read), values: read.values }];
    });
}

/**
 * What a proxy saw of a request at a hop.
 * @param order the hop's number among those of this proxy: a pod that calls itself has two
 */
export function sightOf(evidence: ProxyEvidence | null, id: string, hop: Hop, order: number, isOnly: boolean): Sight {
  if (evidence === null) return BLIND;
  const { log, rise } = evidence;
  const predicted = new Set(hop.clusters.map(({ name }) => name));
  const stories = log === null ? [] : storiesOf(log, id);
  const lines = accessLines(evidence, id);
  const fitting = lines.filter(({ entry }) => entry.cluster !== null && predicted.has(entry.cluster));
  return {
    isHeard: log !== null && tellsRequests(log),
    story: stories.findLast(({ cluster }) => cluster !== null && predicted.has(cluster)) ?? stories[order] ?? null,
    line: merged(fitting.length > 0 ? fitting : stories.length > 1 ? [] : lines),
    rise,
    isOnly,
  };
}

/** The lines of one request in several logs as one: what the line that tells most does not hold, another may. */
function merged(lines: readonly AccessLine[]): AccessLine | null {
  const [first, ...others] = [...lines].sort((a, b) => b.values.size - a.values.size);
  if (first === undefined || others.length === 0) return first ?? null;
  const values = new Map([...others.reverse(), first].flatMap((line) => [...line.values]));
  return { entry: entryOf({ values }), values };
}
