/** Classes of requests as a table, and in a sentence. */
import { policyText } from '../explain/telling/policy';
import { fitsIn, renderFramed, type Table } from '../render/table';
import { ownField } from '../own-field';
import { shellWord } from '../shell-word';
import { visibleLine } from '../render/visible';
import type { ClassOutcome } from './outcome';
import type { ClassOfRequests, Reach } from './reach';
import type { Witness } from './query';

/** One row a class; `wide` adds where it ends and the proxies on the way. */
export function reachTable(classes: readonly ClassOfRequests[], isWide: boolean): Table {
  const froms = new Set(classes.map(fromText));
  const hasFrom = froms.size > 1;
  return {
    header: [
      ...(hasFrom ? ['FROM'] : []),
      'REQUESTS',
      'OUTCOME',
      ...(isWide ? ['DESTINATIONS', 'THROUGH'] : []),
      'WITNESS',
    ],
    rows: classes.map((one) =>
      [
        ...(hasFrom ? [fromText(one)] : []),
        whereText(one.where),
        outcomeText(one.outcome),
        ...(isWide ? [one.outcome.destinations.join(', ') || '-', hopsText(one.outcome)] : []),
        witnessText(one.witness),
      ].map(visibleLine),
    ),
    padding: 3,
  };
}

/** What makes a command of a class's witness. */
export interface TraceAgain {
  /** Whether the proxy is named: a file or an address is one proxy. */
  readonly isNamed: boolean;
  /** Flags that name the source. */
  readonly source: readonly string[];
}

/**
 * The same in a frame. Where the terminal is too narrow for witnesses that are not broken, rows are numbered, and below them
 * stand commands, each on a line of its own, that can be copied.
 * @param width of the terminal; null for none
 */
export async function framedReach(
  classes: readonly ClassOfRequests[],
  width: number | null,
  again: TraceAgain,
): Promise<string> {
  const whole = reachTable(classes, false);
  if (width === null || classes.length === 0 || fitsIn(whole, width)) return await renderFramed(whole, width);
  const numbered = {
    ...whole,
    header: ['#', ...whole.header.slice(0, -1)],
    rows: whole.rows.map((row, index) => [String(index + 1), ...row.slice(0, -1)]),
  };
  const digits = String(classes.length).length;
  const lines = classes.map((one, index) => `${String(index + 1).padStart(digits)}  ${traceCommand(one, again)}\n`);
  return `${await renderFramed(numbered, width)}Examples:\n${lines.join('')}`;
}

/** The command that traces the witness. */
function traceCommand({ from, witness }: ClassOfRequests, { isNamed, source }: TraceAgain): string {
  const target = isNamed && from !== null ? [shellWord(from)] : [];
  return visibleLine(['mctl pc trace', ...target, witnessText(witness), ...source.map(shellWord)].join(' '));
}

/** Who sends the requests. */
export function fromText({ from, witness }: Pick<ClassOfRequests, 'from' | 'witness'>): string {
  return witness.mode === 'inbound' ? `any caller of ${from ?? 'the pod'}` : (from ?? '-');
}

/** Conditions in one line: `port 9080; host reviews.bookinfo.svc.cluster.local; header end-user: luffy`. */
export function whereText(where: ClassOfRequests['where']): string {
  return conditionTexts(where)
    .map((pair) => pair.join(' '))
    .join('; ');
}

/** Each dimension with its conditions. */
export function conditionTexts(where: ClassOfRequests['where']): readonly (readonly [string, string])[] {
  return Object.entries(where).map(([dimension, words]) => [dimensionText(dimension), conditionsText(words)]);
}

/** A row tells no more conditions of one dimension than this; JSON has them all. */
const MOST_TOLD = 5;

function conditionsText(words: readonly string[]): string {
  const told = words.length > MOST_TOLD + 1 ? words.slice(0, MOST_TOLD) : words;
  const more = words.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more conditions`] : [])].join(' and ');
}

const NAMES: Readonly<Record<string, string>> = {
  tls: 'TLS',
  sni: 'server name',
  alpn: 'ALPN',
  'source-ip': 'source address',
};

function dimensionText(dimension: string): string {
  const named = ownField(NAMES, dimension);
  if (named !== undefined) return named;
  const colon = dimension.indexOf(':');
  if (colon < 0) return dimension;
  const kind = dimension.slice(0, colon);
  return `${kind === 'query' ? 'query parameter' : kind} ${dimension.slice(colon + 1)}:`;
}

/** How it ends, with the shares of its clusters: `delivered, outbound|9080|v2|reviews…`. */
export function outcomeText({ verdict, reason, status, policy, clusters, otherwise }: ClassOutcome): string {
  const end = [verdict, ...(status === null ? [] : [String(status)])].join(' ');
  const why = [...(reason === null ? [] : [reason]), ...(policy === null ? [] : [policyText(policy)])];
  const to = clusters.map(({ name, share }) => (clusters.length === 1 ? name : `${name} ${percent(share)}`));
  const others = otherwise.map(
    (one) => `${percent(one.share)} ${one.verdict}${one.status === null ? '' : ` ${one.status}`}`,
  );
  return [end, ...why, ...(verdict === 'delivered' ? to : []), ...others].join(', ');
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** The proxies that requests of a class pass, in a cell. */
export function hopsText({ hops }: ClassOutcome): string {
  return hops
    .map(({ proxy, direction, route }) => `${proxy ?? '-'} ${direction}${route === null ? '' : ` (${route})`}`)
    .join(' → ');
}

/** As arguments of `mctl pc trace` behind the proxy's name. */
export function witnessText(witness: Witness): string {
  const { url, method, headers = {}, originalDst, oneHop, claims = {}, noToken } = witness;
  const flag = (name: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}`, shellWord(String(value))];
  const token = Object.entries(claims).flatMap(([name, value]) => ['--claim', shellWord(`${name}=${value}`)]);
  return [
    shellWord(url),
    ...(method === undefined ? [] : ['-X', shellWord(method)]),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', shellWord(`${name}: ${value}`)]),
    ...flag('original-dst', originalDst),
    ...flag('source-ip', witness.sourceIp),
    ...flag('source-principal', witness.sourcePrincipal),
    ...flag('tls', witness.tls),
    ...flag('sni', witness.sni),
    ...flag('alpn', witness.alpn?.join(',')),
    ...(witness.httpVersion === undefined ? [] : [`--http${witness.httpVersion}`]),
    ...flag('uid', witness.uid),
    ...flag('gid', witness.gid),
    ...(noToken === true ? ['--no-token'] : token),
    ...flag('mode', witness.mode),
    ...(oneHop === true ? ['--one-hop'] : []),
  ].join(' ');
}

/** How many there are, and what is not exact about them. */
export function reachSentence({ classes, complete, unsplit }: Pick<Reach, 'classes' | 'complete' | 'unsplit'>): string {
  const count = `${classes.length} class${classes.length === 1 ? '' : 'es'} of requests`;
  if (complete && classes.length === 0) return `${count}: no request of the kind that is asked about ends so.`;
  return complete
    ? `${count}. There are no other requests of the kind that is asked about.`
    : `${count}. Not everything is decided: ${unsplit.map(visibleLine).join('; ')}.`;
}
