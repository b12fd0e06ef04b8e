/** Many access log lines held against the configuration, and told by kind of difference. */
import { AskedOfLine, restOfLine } from './alike';
import { isZtunnelLine, whyUnread } from './collected-line';
import { entryOf, type LogEntry } from './entry';
import type { LogFormat } from './format';
import type { HarEntry } from './har';
import { heldAgainst } from './har-request';
import { judge, type Judgement, type Prophet } from './judge';
import { type LogLine, readLogLine } from './read-line';
import { entriesOf, firstGood, withReading } from './readings';
import { rebuiltRequest, type WriterFacts } from './rebuilt-request';
import type { ReplayGroup, ReplayResult } from './replay-result';

type Told = Omit<ReplayGroup, 'count' | 'example'>;

/**
 * Collects judgements line by line. Lines alike in everything that they hold are judged once, and so are those that agree and are
 * alike in all that the configuration asks of them.
 */
export class Replay {
  readonly #groups = new Map<string, { told: Told; count: number; example: string }>();
  readonly #judged = new Map<string, Told>();
  /** By the rest of their lines, walks of requests that agree, and nothing more was needed for it. */
  readonly #agreeing = new Map<string, AskedOfLine[]>();
  /** Questions that those hold together. */
  #questions = 0;
  /** Proxies that ask so much of a request that it is quicker to trace each line: a walk that is watched asks every route. */
  readonly #inquisitive = new Set<string | null>();

  /** Takes one line of a proxy's log; an empty line is none. */
  async take(line: string, proxy: string | null, prophet: Prophet, formats: readonly LogFormat[]): Promise<void> {
    if (line.trim() === '') return;
    const read = readLogLine(line, formats);
    if (read === null) {
      this.#count(unreadable(proxy, line), line);
      return;
    }
    if (read.others.length > 0) {
      this.#count(await judgedInAnyWay(read, proxy, prophet), line);
      return;
    }
    const entry = entryOf(read);
    const rest = this.#inquisitive.has(proxy) ? null : restOfLine(entry);
    const alike = rest === null ? null : `${proxy ?? ''}\n${rest}`;
    if (alike !== null && this.#agreeing.get(alike)?.some((asked) => asked.isAlike(entry)) === true) {
      this.#count(agreement(proxy), line);
      return;
    }
    const key = `${proxy ?? ''}\n${likeness(entry)}`;
    const known = this.#judged.get(key);
    const told = known ?? (await this.#judge(entry, { proxy, prophet, alike }));
    if (known === undefined) this.#remember(key, told);
    this.#count(told, line);
  }

  /** A line that is none of an access log, of a proxy that it does not name. */
  takeOther(line: string): void {
    if (line.trim() !== '') this.#count(unreadable(null, line), line);
  }

  /** @param alike what lines that may be judged with this one have in common; null where there are none */
  async #judge(
    entry: LogEntry,
    {
      proxy,
      prophet,
      alike,
    }: { readonly proxy: string | null; readonly prophet: Prophet; readonly alike: string | null },
  ): Promise<Told> {
    if (alike === null) return await judged(entry, proxy, prophet);
    let traces = 0;
    // A walk that must fetch begins anew: the last one counts.
    const asked: AskedOfLine[] = [];
    const watch = (): AskedOfLine => {
      const one = new AskedOfLine(entry);
      asked.push(one);
      return one;
    };
    const watched: Prophet = {
      ...prophet,
      trace: async (query) => await prophet.trace(query, traces++ === 0 ? watch : undefined),
      everyWay: async (query) => {
        traces += 1;
        return await prophet.everyWay(query);
      },
    };
    const told = await judged(entry, proxy, watched);
    const isBySelf = told.kind === 'agree' && told.needs === null && traces === 1;
    const last = asked.at(-1);
    if ((last?.questions ?? 0) > MOST_ASKED) this.#inquisitive.add(proxy);
    else if (isBySelf && last !== undefined) this.#rememberAsked(alike, last);
    return told;
  }

  #rememberAsked(alike: string, asked: AskedOfLine): void {
    if (!asked.isClear) return;
    if (this.#agreeing.size >= MOST_REMEMBERED || this.#questions + asked.questions > MOST_QUESTIONS) {
      this.#agreeing.clear();
      this.#questions = 0;
    }
    const known = this.#agreeing.get(alike) ?? [];
    if (known.length >= MOST_ALIKE) return;
    this.#agreeing.set(alike, [...known, asked]);
    this.#questions += asked.questions;
  }

  /** Takes one entry of an HTTP Archive: what came is known by its status alone. */
  async takeEntry(entry: HarEntry, proxy: string | null, prophet: Prophet): Promise<void> {
    const told = agreement(proxy);
    if (entry.kind === 'request') {
      this.#count({ ...told, ...(await heldAgainst(entry.request, prophet)) }, entry.request.text);
    } else {
      this.#count({ ...told, kind: entry.kind, needs: entry.because }, entry.text);
    }
  }

  #remember(key: string, told: Told): void {
    if (this.#judged.size >= MOST_REMEMBERED) this.#judged.clear();
    this.#judged.set(key, told);
  }

  #count(told: Told, line: string): void {
    const key = JSON.stringify(told);
    const group = this.#groups.get(key) ?? { told, count: 0, example: line.trim() };
    group.count += 1;
    this.#groups.set(key, group);
  }

  /** What was found so far: differences first, the most frequent of each kind first. */
  get result(): ReplayResult {
    const groups = [...this.#groups.values()]
      .map(({ told, count, example }) => ({ ...told, count, example }))
      .toSorted((one, other) => ORDER[one.kind] - ORDER[other.kind] || other.count - one.count);
    const sum = (kind: ReplayGroup['kind']): number =>
      groups.filter((group) => group.kind === kind).reduce((total, { count }) => total + count, 0);
    const [agree, differ, unknown] = [sum('agree'), sum('differ'), sum('unknown')];
    return { lines: agree + differ + unknown, agree, differ, unknown, leftOut: sum('left-out'), groups };
  }
}

const ORDER = { differ: 0, unknown: 1, agree: 2, 'left-out': 3 } as const;

/** Judgements kept for lines to come: a log may hold millions of different paths. */
const MOST_REMEMBERED = 10_000;

/** Where a walk asks more than this of the path, an index of the routes tells sooner than what other lines were asked. */
const MOST_ASKED = 1000;

/** Questions kept with them: thousands of routes are as many questions of each line. */
const MOST_QUESTIONS = 500_000;

/** Walks kept for lines that are alike but for path and headers: each line is asked about every one. */
const MOST_ALIKE = 32;

/** What a line holds but for time, sizes and names that a single request has. */
function likeness(entry: LogEntry): string {
  const { downstreamRemote, headers, ...rest } = entry;
  const lasting = { ...rest, startTime: null, duration: null, downstreamRemote: downstreamRemote?.ip ?? null };
  return JSON.stringify([lasting, [...headers]]);
}

function agreement(proxy: string | null): Told {
  return { kind: 'agree', proxy, stage: null, predicted: null, logged: null, needs: null };
}

function because(line: string): string {
  const why = whyUnread(line);
  return why === null ? '' : `: ${why}`;
}

function unreadable(proxy: string | null, line: string): Told {
  return {
    kind: 'unknown',
    proxy,
    stage: null,
    predicted: null,
    logged: null,
    needs: isZtunnelLine(line)
      ? "a line of Envoy's access log: this one is of ztunnel's"
      : `a format that the line has (--format)${because(line)}`,
  };
}

async function judged(entry: LogEntry, proxy: string | null, prophet: Prophet): Promise<Told> {
  const rebuilt = rebuiltRequest(entry, writerOf(prophet));
  if (rebuilt === null) {
    const needs = 'the authority or the downstream local address, which the line does not hold';
    return { kind: 'unknown', proxy, stage: null, predicted: null, logged: null, needs };
  }
  return toldOf(await judge(entry, rebuilt, prophet), proxy);
}

async function judgedInAnyWay(read: LogLine, proxy: string | null, prophet: Prophet): Promise<Told> {
  const judgedOne = async (entry: LogEntry): Promise<Told> => await judged(entry, proxy, prophet);
  const { found, as } = await firstGood(entriesOf(read), judgedOne, ({ kind }) => kind === 'agree');
  return { ...found, needs: withReading(as, found.needs) };
}

/** What the proxy's configuration says of itself. */
export function writerOf({ config }: Prophet): WriterFacts {
  const { INSTANCE_IPS: ips } = config.node.metadata ?? {};
  const listed = typeof ips === 'string' ? ips.split(',') : [];
  const ownPorts = config.servingListeners.flatMap(({ resource }) => {
    const port = resource?.address?.socket_address?.port_value;
    return port === undefined || resource?.bind_to_port === false || REDIRECTED.has(port) ? [] : [port];
  });
  return {
    ips: [...(config.ip === null ? [] : [config.ip]), ...listed],
    type: config.proxyType,
    ownPorts: new Set(ownPorts),
  };
}

/** Where iptables sends what a sidecar serves. */
const REDIRECTED: ReadonlySet<number> = new Set([15001, 15006]);

function toldOf({ comparison, needs }: Judgement, proxy: string | null): Told {
  const base = { kind: comparison.kind, proxy, stage: null, predicted: null, logged: null };
  switch (comparison.kind) {
    case 'agree':
      return { ...base, needs };
    case 'unknown':
      return { ...base, needs: comparison.because };
    case 'differ':
      return { ...base, ...comparison.difference, needs: null };
  }
}
