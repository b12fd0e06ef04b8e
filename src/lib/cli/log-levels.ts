/** Reads and sets the log levels of several Envoys, and puts them back. */
import {
  changeBack,
  changedLoggers,
  changeRequests,
  checkLoggers,
  configuredLevels,
  type LevelChange,
  type LoggerLevels,
  parseLoggers,
} from '../envoy/logging';
import { UnavailableError } from '../errors';
import { jsonOf } from '../source/body';
import type { ProxySource } from '../source/source';
import { askEnvoy } from './envoy-answers';

/** `reset` is what each Envoy was started with. */
export type Wish = LevelChange | 'reset' | null;

const NOUN = 'log';

/** One Envoy's levels: as they were found, and as they are. */
export class ProxyLevels {
  readonly proxy: ProxySource;
  #before: LoggerLevels;
  readonly #change: LevelChange | null;
  #text: string;

  private constructor(proxy: ProxySource, text: string, change: LevelChange | null) {
    this.proxy = proxy;
    this.#before = parseLoggers(text);
    this.#text = text;
    this.#change = change;
  }

  /** Reads an Envoy's levels, and holds a wish against its loggers. Throws UsageError for one that it does not have. */
  static async read(proxy: ProxySource, wish: Wish): Promise<ProxyLevels> {
    const text = await askEnvoy(proxy, NOUN, 'POST', '/logging');
    const change = wish === 'reset' ? await startedWith(proxy) : wish;
    const levels = new ProxyLevels(proxy, text, change);
    if (change !== null && wish !== 'reset') checkLoggers(change, levels.before);
    return levels;
  }

  get before(): LoggerLevels {
    return this.#before;
  }

  /** The levels that the change is to set, by logger. */
  get wanted(): LoggerLevels {
    const change = this.#change;
    if (change === null) return new Map();
    const { all, loggers } = change;
    return all === null ? loggers : new Map([...this.#before.keys()].map((name) => [name, loggers.get(name) ?? all]));
  }

  /** As they were before, the levels of those loggers that the change is to set. */
  get touched(): LoggerLevels {
    const { wanted } = this;
    return new Map([...this.#before].filter(([name]) => wanted.has(name)));
  }

  /** Takes levels for those before that another run has found, and raised since. */
  wasHeldBefore(levels: LoggerLevels): void {
    this.#before = new Map([...this.#before].map(([name, level]) => [name, levels.get(name) ?? level]));
  }

  get now(): LoggerLevels {
    return parseLoggers(this.#text);
  }

  /** Envoy's own text of what its levels are. */
  get text(): string {
    return this.#text;
  }

  get changes(): ReturnType<typeof changedLoggers> {
    return changedLoggers(this.before, this.now);
  }

  /**
   * Sends the change, where there is one.
   * @param goesOn asked before each request
   */
  async apply(goesOn: () => boolean = () => true): Promise<void> {
    if (this.#change !== null) await this.#send(this.#change, goesOn);
  }

  /**
   * Puts the old levels back; a second time does nothing.
   * @param left loggers that another run still needs, and will put back
   */
  async putBack(left: ReadonlySet<string> = new Set()): Promise<void> {
    const now = parseLoggers(await askEnvoy(this.proxy, NOUN, 'POST', '/logging'));
    const { touched } = this;
    const back = new Map(
      [...now].map(([name, level]) => [name, left.has(name) ? level : (touched.get(name) ?? level)]),
    );
    await this.#send(changeBack(back, now));
  }

  async #send(change: LevelChange, goesOn: () => boolean = () => true): Promise<void> {
    for (const path of changeRequests(change)) {
      if (!goesOn()) return;
      this.#text = await askEnvoy(this.proxy, NOUN, 'POST', path);
    }
  }
}

async function startedWith(proxy: ProxySource): Promise<LevelChange> {
  const body = await proxy.serverInfo();
  if (body === null) throw new UnavailableError(`${proxy.label} does not say what levels it was started with`);
  return configuredLevels(await jsonOf(body));
}
