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
  readonly before: LoggerLevels;
  readonly #change: LevelChange | null;
  #text: string;

  private constructor(proxy: ProxySource, text: string, change: LevelChange | null) {
    this.proxy = proxy;
    this.before = parseLoggers(text);
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

  /** Sends the change, where there is one. */
  async apply(): Promise<void> {
    if (this.#change !== null) await this.#send(this.#change);
  }

  /** Puts the old levels back; a second time does nothing. */
  async putBack(): Promise<void> {
    await this.#send(changeBack(this.before, parseLoggers(await askEnvoy(this.proxy, NOUN, 'POST', '/logging'))));
  }

  async #send(change: LevelChange): Promise<void> {
    for (const path of changeRequests(change)) this.#text = await askEnvoy(this.proxy, NOUN, 'POST', path);
  }
}

async function startedWith(proxy: ProxySource): Promise<LevelChange> {
  const body = await proxy.serverInfo();
  if (body === null) throw new UnavailableError(`${proxy.label} does not say what levels it was started with`);
  return configuredLevels(await jsonOf(body));
}
