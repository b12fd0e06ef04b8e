/** What the proxies of a walk let be seen before and after a request: counters, logs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFormat } from '../../access-log/format';
import { MctlError } from '../../errors';
import { addHostCount, type Counts, readStats, riseOf, statsPath, wantedCounters } from '../../proof/counters';
import { type EnvoyLog, readEnvoyLog } from '../../proof/envoy-log';
import { neededLoggers } from '../../proof/loggers';
import { accessLines, type ProxyEvidence } from '../../proof/sight';
import { storiesOf, tellsRequests } from '../../proof/story';
import { jsonOf, textOfBody } from '../../source/body';
import { fieldAt, textOrEmpty } from '../../json-fields';
import type { ProxySource } from '../../source/source';
import type { Hop } from '../../trace/model';
import type { Streams } from '../streams';
import type { RunningProxy } from './running-proxies';

/** How long Envoy's own log may take to come. */
const LOG_WITHIN_MS = 3000;
const POLL_MS = 200;
/** How much later than the first log another may come. */
const MOMENT_MS = 800;
/** Envoy writes access logs when its buffer is full or this has passed: --file-flush-interval-msec. */
const DEFAULT_FLUSH_MS = 10_000;
const LONGEST_FLUSH_MS = 15_000;

/** Waits until the logs have the end of each request; once one has, the others are waited for a moment more. */
export async function hear(watched: readonly WatchedProxy[], ids: readonly string[]): Promise<void> {
  let until = Date.now() + LOG_WITHIN_MS;
  do {
    await sleep(POLL_MS);
    const heard = await Promise.all(watched.map((one) => one.hasHeard(ids)));
    if (heard.every((isHeard) => isHeard)) return;
    if (heard.some((isHeard) => isHeard)) until = Math.min(until, Date.now() + MOMENT_MS);
  } while (Date.now() < until);
}

/** A proxy that is watched while requests are sent. */
export class WatchedProxy {
  readonly name: string | null;
  readonly running: RunningProxy;
  readonly loggers: readonly string[];
  readonly #hops: readonly Hop[];
  readonly #formats: readonly LogFormat[];
  readonly #streams: Streams;
  #before: Counts | null = null;
  #after: Counts | null = null;
  #log: EnvoyLog | null = null;
  #flushMs = DEFAULT_FLUSH_MS;
  /** When everything that was logged up to the end must have been written. */
  #flushedAt = 0;

  /** @param hops the hops of every way at this proxy */
  constructor(
    name: string | null,
    running: RunningProxy,
    hops: readonly Hop[],
    formats: readonly LogFormat[],
    streams: Streams,
  ) {
    this.name = name;
    this.running = running;
    this.loggers = neededLoggers(hops);
    this.#hops = hops;
    this.#formats = formats;
    this.#streams = streams;
  }

  get source(): ProxySource {
    return this.running.source;
  }

  get evidence(): ProxyEvidence {
    const rise = this.#before === null || this.#after === null ? null : riseOf(this.#before, this.#after);
    return { log: this.#log, formats: this.#formats, rise };
  }

  async begin(): Promise<void> {
    this.#before = await this.#counts();
    if (this.#waitsForFlush) this.#flushMs = await this.#flushInterval();
  }

  /** Looks at the log once more; whether it has the end of each request. */
  async hasHeard(ids: readonly string[]): Promise<boolean> {
    await this.#readLog();
    return ids.every((id) => this.#hasEnded(id));
  }

  async end(): Promise<void> {
    this.#after = await this.#counts();
    this.#flushedAt = Date.now() + Math.min(this.#flushMs, LONGEST_FLUSH_MS) + POLL_MS;
  }

  /** Waits for the access log's lines on requests that came here; looks at least once, however late it is asked. */
  async hearAccessLog(ids: readonly string[]): Promise<void> {
    if (!this.#waitsForFlush || this.#log === null) return;
    for (let isLast = false; !isLast && !this.#hasAll(ids);) {
      isLast = Date.now() + POLL_MS >= this.#flushedAt;
      await sleep(POLL_MS);
      await this.#readLog();
    }
  }

  async #readLog(): Promise<void> {
    const { log } = this.running;
    if (log === null) return;
    const text = await this.#tried('its log', log);
    if (text !== null) this.#log = readEnvoyLog(text);
  }

  get #waitsForFlush(): boolean {
    const { log, isLate } = this.running;
    return log !== null && (isLate || this.#formats.length > 0);
  }

  /** A log that comes late may have nothing yet; of one that does not, requests that are not in it did not come here. */
  #hasAll(ids: readonly string[]): boolean {
    if (this.running.isLate && this.#log !== null && !tellsRequests(this.#log)) return false;
    const isLogged = (id: string): boolean => this.#formats.length === 0 || accessLines(this.evidence, id).length > 0;
    return ids.every((id) => !this.#came(id) || isLogged(id));
  }

  #came(id: string): boolean {
    return this.#log !== null && storiesOf(this.#log, id).length > 0;
  }

  #hasEnded(id: string): boolean {
    if (this.running.log === null) return false;
    const stories = this.#log === null ? [] : storiesOf(this.#log, id);
    return stories.length > 0 && stories.every(({ status }) => status !== null);
  }

  async #counts(): Promise<Counts | null> {
    return await this.#tried('its counters', async () => {
      const wanted = [...new Set(this.#hops.flatMap(wantedCounters))];
      const counts = new Map(wanted.length === 0 ? [] : readStats(await this.#ask(statsPath(wanted))));
      const clusters = new Set(this.#hops.flatMap((hop) => hop.clusters.map(({ name }) => name)));
      for (const line of clusters.size === 0 ? [] : (await this.#ask('/clusters')).split('\n')) {
        addHostCount(counts, line, clusters);
      }
      return counts;
    });
  }

  async #ask(path: string): Promise<string> {
    const body = await this.source.admin?.('GET', path);
    return body === undefined ? '' : await textOfBody(body);
  }

  async #flushInterval(): Promise<number> {
    const told = await this.#tried('its flags', async () => {
      const body = await this.source.serverInfo();
      const info = body === null ? null : await jsonOf(body);
      const interval = fieldAt(info, 'command_line_options', 'file_flush_interval');
      const [, seconds] = /^(\d{1,4}(?:\.\d{1,9})?)s$/.exec(textOrEmpty(interval)) ?? [];
      return seconds === undefined ? DEFAULT_FLUSH_MS : Number(seconds) * 1000;
    });
    return told ?? DEFAULT_FLUSH_MS;
  }

  /** What one proxy does not let be seen is no end of the proof: it is said, and its steps have no evidence. */
  async #tried<T>(what: string, ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof MctlError)) throw error;
      this.#streams.note(`${this.name ?? this.source.label}: ${what} cannot be read: ${error.message}`);
      return null;
    }
  }
}
