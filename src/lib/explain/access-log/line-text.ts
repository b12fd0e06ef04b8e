/** An access log line in plain words: its fields, the request, and how the configuration answers it. */
import type { LineComparison } from '../../access-log/compare';
import type { LogEntry } from '../../access-log/entry';
import { termsNamed } from '../../glossary/glossary';
import type { TraceQuery } from '../../trace/request/query';
import { shellWord } from '../../shell-word';
import { visibleLine } from '../../render/visible';
import { wrapped } from './term-text';
import { addAll, largest } from '../../lists';

/** A field with its value and what it means. */
export interface ExplainedField {
  readonly field: string;
  readonly value: string;
  readonly meaning: string | null;
}

const FIELDS: readonly (readonly [key: keyof LogEntry, field: string])[] = [
  ['startTime', 'time'],
  ['method', 'method'],
  ['path', 'path'],
  ['protocol', 'protocol'],
  ['authority', 'authority (Host)'],
  ['status', 'status'],
  ['flags', 'response flags'],
  ['details', 'response code details'],
  ['terminationDetails', 'connection termination'],
  ['upstreamFailure', 'upstream failure'],
  ['route', 'route'],
  ['cluster', 'cluster'],
  ['upstreamHost', 'upstream host'],
  ['downstreamLocal', 'called address'],
  ['downstreamRemote', 'caller'],
  ['serverName', 'server name (SNI)'],
  ['peerPrincipal', "caller's identity"],
  ['duration', 'duration'],
];

/** Fields that the line holds, in the order of a request's way. */
export function explainedFields(entry: LogEntry): readonly ExplainedField[] {
  return FIELDS.flatMap(([key, field]) => {
    const value = textOfValue(entry[key]);
    return value === null
      ? []
      : [{ field, value: key === 'duration' ? `${value} ms` : value, meaning: meaningOf(key, value) }];
  });
}

function textOfValue(value: LogEntry[keyof LogEntry]): string | null {
  if (value === null || typeof value === 'boolean') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return 'ip' in value ? `${value.ip.includes(':') ? `[${value.ip}]` : value.ip}:${value.port}` : null;
}

const EXPLAINED = new Set<keyof LogEntry>(['flags', 'details', 'terminationDetails', 'cluster', 'serverName']);

function meaningOf(key: keyof LogEntry, value: string): string | null {
  if (!EXPLAINED.has(key)) return null;
  const terms = termsNamed(value);
  if (terms.length === 0) return null;
  const isFlag = key === 'flags';
  return terms.map(({ name, says }) => (isFlag && terms.length > 1 ? `${name}: ${says}` : says)).join(' ');
}

/**
 * `mctl pc trace …` for the request that the line is about. Addresses and names come from the line: they are quoted, and none
 * becomes a flag.
 */
export function traceCommand(
  proxy: string | null,
  { url, method, headers, originalDst, mode, ...query }: TraceQuery,
): string {
  const words = ['mctl', 'pc', 'trace', ...(proxy === null ? [] : [shellWord(proxy)]), shellWord(url)];
  if (method !== undefined && method !== 'GET') addAll(words, optionWords('-X', method));
  for (const [name, value] of headers ?? []) addAll(words, optionWords('-H', `${name}: ${value}`));
  if (originalDst !== undefined) {
    const { ip, port } = originalDst;
    words.push('--original-dst', shellWord(`${ip.includes(':') ? `[${ip}]` : ip}:${port}`));
  }
  if (mode !== undefined) words.push('--mode', mode);
  if (query.sourceIp !== undefined) words.push('--source-ip', query.sourceIp);
  if (query.tls !== undefined) words.push('--tls', query.tls);
  if (query.sni !== undefined) addAll(words, optionWords('--sni', query.sni));
  if (query.sourcePrincipal !== undefined) addAll(words, optionWords('--source-principal', query.sourcePrincipal));
  if (query.httpVersion === '2') words.push('--http2');
  if (query.httpVersion === '1.0') words.push('--http1.0');
  return words.join(' ');
}

/** An option with its value, in one word where the value could be taken for an option. */
function optionWords(option: string, value: string): readonly string[] {
  if (!value.startsWith('-')) return [option, shellWord(value)];
  return [shellWord(option.startsWith('--') ? `${option}=${value}` : `${option}${value}`)];
}

/** What the comparison says, and what probably lies behind a difference. */
export function comparisonLines(comparison: LineComparison, needs: string | null): readonly string[] {
  switch (comparison.kind) {
    case 'agree':
      return needs === null
        ? ['The configuration does what the line says.']
        : [`The configuration does what the line says if it had ${needs}, which the line does not hold.`];
    case 'unknown':
      return [`The configuration does not decide it: ${comparison.because}.`];
    case 'differ': {
      const { stage, predicted, logged } = comparison.difference;
      return [
        `Prediction and log part at the ${stage.replaceAll('-', ' ')}: the configuration says ${predicted}, the line says ${logged}.`,
        stage === 'endpoint'
          ? 'The endpoint has probably been replaced since, or the line is of another replica.'
          : 'Probably the configuration has changed since, or the line is of another proxy.',
      ];
    }
  }
}

/** The whole explanation as text. */
export function lineText(
  told: {
    readonly format: string;
    readonly fields: readonly ExplainedField[];
    readonly command: string | null;
    readonly comparison: readonly string[] | null;
  },
  width: number,
): string {
  const longest = largest(
    told.fields.map(({ field }) => field.length),
    0,
  );
  const lines = [`A line of ${told.format}:`];
  for (const { field, value, meaning } of told.fields) {
    lines.push(`  ${field.padEnd(longest)}  ${visibleLine(value)}`);
    if (meaning !== null)
      addAll(
        lines,
        wrapped(meaning, width - longest - 2).map((line) => `${' '.repeat(longest + 2)}${line}`),
      );
  }
  if (told.comparison !== null)
    addAll(lines, ['', ...told.comparison.flatMap((line) => wrapped(line, width).map((one) => one.slice(2)))]);
  if (told.command !== null) lines.push('', `Next: ${visibleLine(told.command)}`);
  return `${lines.join('\n')}\n`;
}
