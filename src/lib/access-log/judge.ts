/** One access log line, explained: read, rebuilt, traced and compared. */
import { messageTypeOf } from '../envoy/any';
import { httpManagers } from '../envoy/http-managers';
import type { CidrRange } from '../envoy/address';
import type { ProxyConfig } from '../envoy/proxy-config';
import { UsageError } from '../errors';
import type { Watcher } from '../match/watch';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { AskedHeaders } from './asked-headers';
import { compare, type LineComparison } from './compare';
import type { LogEntry } from './entry';
import { isCallerOpen, ofNobody } from './open-callers';
import type { RebuiltRequest } from './rebuilt-request';
import type { Variant } from './variant';
import { settled, type Tried, variants } from './variants';

/** The proxy that wrote the line, ready to be asked. */
export interface Prophet {
  readonly config: ProxyConfig;
  /** @param watch makes who watches what is asked of the request */
  trace(query: TraceQuery, watch?: () => Watcher): Promise<Trace>;
  /** The headers that a trace asks about. */
  asking(query: TraceQuery): Promise<AskedHeaders>;
  /** The same with every way that chance can take. */
  everyWay(query: TraceQuery): Promise<Trace>;
}

export interface Judgement {
  readonly comparison: LineComparison;
  /** What the line does not hold and the configuration needs to do what it says (`end-user: luffy`); null where it needs nothing. */
  readonly needs: string | null;
  /** The question whose answer was compared. */
  readonly query: TraceQuery;
}

/**
 * Of bytes that Envoy's HTTP codec refuses a line holds neither method nor path: any such bytes explain it, whatever the
 * configuration. A path that could not be normalised, or was redirected for it, stands in the line as it was changed.
 */
function notHeld({ method, protocol, details }: LogEntry): string | null {
  if (method === null && protocol !== null) return 'bytes that are not valid HTTP';
  return details === 'path_normalization_failed' ? 'the path as it was sent' : null;
}

/** How many traces are made for one line: what is open is tried alone, then two at once. */
const MOST_TRACES = 160;

/**
 * Holds a line against the configuration. What the line does not hold is open: it agrees where some value of it, or two, make
 * the configuration do what the line says, and differs where none of those that are tried does: headers that the routes and
 * scopes ask for, a client certificate, what is inside of a connection that was passed on as it came. A line of which no request
 * can be made (an authority whose address nobody knows) is unknown.
 */
export async function judge(entry: LogEntry, rebuilt: RebuiltRequest, prophet: Prophet): Promise<Judgement> {
  const judged = await orRefused(held(entry, rebuilt, prophet));
  if (!(judged instanceof UsageError)) return judged;
  return { comparison: { kind: 'unknown', because: judged.message }, needs: null, query: rebuilt.query };
}

/** What comes of a question that is no request of this mesh: the refusal, where other failures are thrown. */
async function orRefused<T>(asked: Promise<T>): Promise<T | UsageError> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

async function held(entry: LogEntry, { query, isAnywhere }: RebuiltRequest, prophet: Prophet): Promise<Judgement> {
  const lacking = notHeld(entry);
  if (lacking !== null) return { comparison: { kind: 'agree' }, needs: lacking, query };
  if (entry.protocol === 'HTTP/3') return { comparison: { kind: 'unknown', because: QUIC }, needs: null, query };
  const trace = await prophet.trace(query);
  if (isAnywhere === true) return judgedAnywhere(entry, trace, query);
  if (isLimited(entry, prophet.config)) return { comparison: { kind: 'agree' }, needs: NO_TOKEN, query };
  const comparison = await withPath(entry, query, compare(entry, trace), prophet);
  if (comparison.kind === 'agree') return { comparison, needs: null, query };
  if (await agreesByChance(entry, trace, query, prophet)) return { comparison: { kind: 'agree' }, needs: null, query };
  if (comparison.kind === 'unknown') return await judgedUnknown(entry, query, prophet, comparison);
  return (await explained(entry, { query, needs: '', trace }, prophet)) ?? { comparison, needs: null, query };
}

/** The first variant of a request, or of a variant, that does what the line says; null where none of those that are tried does. */
async function explained(entry: LogEntry, sent: Tried, prophet: Prophet): Promise<Judgement | null> {
  let round: readonly Tried[] = [sent];
  let traces = 0;
  for (let depth = 0; depth < 2; depth += 1) {
    const next: Tried[] = [];
    for (const before of round) {
      const asked = entry.method === null ? [] : (await prophet.asking(before.query)).tries(entry);
      const ranges = await rangesAsked(before.query, entry, prophet);
      for (const variant of variants({ entry, asked, ranges, config: prophet.config }, before)) {
        if (traces++ >= MOST_TRACES) return null;
        const tried = await orRefused(triedWith(variant, before, prophet));
        if (tried instanceof UsageError) continue;
        if (await explains(entry, tried, prophet)) {
          return { comparison: { kind: 'agree' }, needs: tried.needs, query: tried.query };
        }
        next.push(tried);
      }
    }
    round = next;
  }
  return null;
}

async function triedWith({ query, needs }: Variant, before: Tried, prophet: Prophet): Promise<Tried> {
  const all = [before.needs, needs].filter((text) => text !== '').join(' and ');
  return { query, needs: all, trace: await prophet.trace(query) };
}

async function explains(entry: LogEntry, { query, trace }: Tried, prophet: Prophet): Promise<boolean> {
  if ((await withPath(entry, query, compare(entry, trace), prophet)).kind === 'agree') return true;
  return entry.cluster !== null && (await agreesByChance(entry, trace, query, prophet));
}

/** Where the line holds the path as it was sent on, that is compared, too, of a request that was sent to a host. */
async function withPath(
  { path, pathIsSentOn, upstreamHost }: LogEntry,
  query: TraceQuery,
  comparison: LineComparison,
  prophet: Prophet,
): Promise<LineComparison> {
  if (comparison.kind !== 'agree' || !pathIsSentOn || path === null || upstreamHost === null) return comparison;
  const [first, ...others] = (await prophet.asking(query)).sentOn;
  if (first === undefined || first === path || others.includes(path)) return comparison;
  return {
    kind: 'differ',
    difference: { stage: 'route', predicted: `the path ${first} sent on`, logged: `the path ${path}` },
  };
}

/** Of a connection whose original destination is not known only the cluster is held against the line. */
function judgedAnywhere(entry: LogEntry, { hops: [hop] }: Trace, query: TraceQuery): Judgement {
  const clusters = hop?.clusters.map(({ name }) => name) ?? [];
  const needs = 'the original destination, which Envoy could not read';
  const because = `${needs}: the line holds the port that iptables redirects to, or that was called itself`;
  return entry.cluster !== null && clusters.includes(entry.cluster)
    ? { comparison: { kind: 'agree' }, needs, query }
    : { comparison: { kind: 'unknown', because }, needs: null, query };
}

/** What the configuration does not decide may be decided by credentials that the line does not hold, right ones or wrong ones. */
async function judgedUnknown(
  entry: LogEntry,
  query: TraceQuery,
  prophet: Prophet,
  comparison: LineComparison,
): Promise<Judgement> {
  // To a gRPC client the refusal has status 200.
  const isRefused = (entry.status === 401 || entry.status === 200) && OF_CREDENTIALS.test(entry.details ?? '');
  if (isRefused) return { comparison: { kind: 'agree' }, needs: 'credentials of nobody', query };
  const ranges = await rangesAsked(query, entry, prophet);
  const alone = [...settled(entry, query, ranges)];
  const together = alone.flatMap((first) => [...withAnother(first, entry, ranges)]);
  for (const one of [...alone, ...together].slice(0, MOST_TRACES)) {
    const isSo = compare(entry, await prophet.trace(one.query)).kind === 'agree';
    if (isSo) return { comparison: { kind: 'agree' }, needs: one.needs, query: one.query };
  }
  return { comparison, needs: null, query };
}

/** Two things at once. */
function* withAnother(first: Variant, entry: LogEntry, ranges: readonly CidrRange[]): Generator<Variant> {
  for (const { query, needs } of settled(entry, first.query, ranges)) {
    if (needs !== first.needs) yield { query, needs: `${first.needs} and ${needs}` };
  }
}

/** The ranges that the caller's address is held against; none where the line holds the address. */
async function rangesAsked(query: TraceQuery, entry: LogEntry, prophet: Prophet): Promise<readonly CidrRange[]> {
  if (!isCallerOpen(query)) return [];
  const nobody = ofNobody(query, entry);
  return (await prophet.asking(nobody)).rangesFor(nobody.sourceIp);
}

/** Details of what the filters for API keys, basic authentication and credentials refuse. */
const OF_CREDENTIALS = /api_key|basic_auth|credential/;

const NO_TOKEN = 'a token bucket that is empty at that moment';

/** A local rate limit refuses by time, before the router looks at anything else. */
function isLimited({ details }: LogEntry, config: ProxyConfig): boolean {
  if (details !== 'local_rate_limited') return false;
  return httpManagers(config).some(({ manager }) =>
    (manager.http_filters ?? []).some(({ typed_config: filter }) => messageTypeOf(filter).endsWith('.LocalRateLimit')),
  );
}

/** Chance may have decided: an injected fault, a weighted cluster without an endpoint. */
async function agreesByChance(
  entry: LogEntry,
  { verdict }: Trace,
  query: TraceQuery,
  prophet: Prophet,
): Promise<boolean> {
  // Of what is delivered the trace has every cluster already.
  if (entry.flags === null && verdict === 'delivered') return false;
  const { branches, ...main } = await prophet.everyWay(query);
  return branches.some((branch) => compare(entry, { ...main, ...branch, branches: [] }).kind === 'agree');
}

const QUIC = 'HTTP/3 comes over QUIC, whose listeners mctl does not trace';
