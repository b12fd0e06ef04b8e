/** Log levels that are set for a while, and come back whatever happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { shellWord } from '../../shell-word';
import type { LoggerLevels } from '../../envoy/logging';
import { MctlError, UsageError } from '../../errors';
import { titleOf } from '../envoy-answers';
import type { MeshSource } from '../../source/source';
import type { ProxyLevels } from '../log-levels';
import type { Streams } from '../streams';
import { LevelsJournal } from './journal';

/** A proxy whose levels are lent. */
export interface Borrower {
  readonly levels: ProxyLevels;
  /** `MeshSource.identity` of the source that it is of. */
  readonly identity: string;
  /** The target and flags that name it, for the command that puts its levels back by hand. */
  readonly words: readonly string[];
}

/** Proxies of one source. */
export function borrowersOf(
  all: readonly ProxyLevels[],
  { identity = '', label }: Pick<MeshSource, 'identity' | 'label'>,
  source: readonly string[],
): readonly Borrower[] {
  return all.map((levels) => {
    const target = levels.proxy.id === null ? [] : [titleOf(levels.proxy)];
    return { levels, identity: identity === '' ? label : identity, words: [...target, ...source] };
  });
}

/** How long Ctrl-C may take to put levels back. */
const PUT_BACK_MS = 30_000;
/** After a connection that broke: how long until it is tried again, in milliseconds. */
const RETRIES = [500, 1000, 2000];

/** Log levels that are raised for a while: what was before is put back, whatever happens. */
export class Lending {
  readonly #all: readonly Borrower[];
  readonly #streams: Streams;
  readonly #journal: LevelsJournal | null;
  readonly #entries = new Map<Borrower, string>();
  #isOver = false;
  #raising: Promise<unknown> = Promise.resolve();
  #forget = (): void => undefined;

  constructor(all: readonly Borrower[], streams: Streams) {
    this.#all = all;
    this.#streams = streams;
    this.#journal = LevelsJournal.open(streams);
  }

  /** Notes what will be raised, then raises it; gives those where that went well. From here on `putBack` must be called. */
  async raise(): Promise<readonly ProxyLevels[]> {
    for (const one of this.#all) {
      one.levels.wasHeldBefore(this.#heldByOthers(one));
      const file = await this.#journal?.add({
        identity: one.identity,
        proxy: nameOf(one),
        before: one.levels.touched,
        set: one.levels.wanted,
      });
      if (file !== undefined) this.#entries.set(one, file);
    }
    this.#forget = this.#streams.onInterrupt(async () => {
      await this.putBack();
    }, PUT_BACK_MS);
    const work = this.#raiseEach();
    this.#raising = work.catch(() => undefined);
    return await work;
  }

  /** Puts every level back, and takes the note away where all are; gives the number of proxies where they are. */
  async putBack(): Promise<number> {
    this.#isOver = true;
    await this.#raising;
    let back = 0;
    for (const one of this.#all) {
      if (!(await this.#putBackOne(one))) continue;
      back += 1;
      const file = this.#entries.get(one);
      if (file !== undefined) await this.#journal?.remove(file);
      this.#entries.delete(one);
    }
    this.#forget();
    return back;
  }

  async #raiseEach(): Promise<readonly ProxyLevels[]> {
    const done: ProxyLevels[] = [];
    for (const { levels } of this.#all) {
      if (this.#isOver) break;
      try {
        await levels.apply(() => !this.#isOver);
        done.push(levels);
      } catch (error) {
        if (!(error instanceof MctlError) || error instanceof UsageError) throw error;
        this.#streams.note(`Error: ${titleOf(levels.proxy)}: ${error.message}`);
      }
    }
    return done;
  }

  async #putBackOne(one: Borrower): Promise<boolean> {
    for (let tries = 0; ; tries += 1) {
      try {
        await one.levels.putBack(new Set(this.#heldByOthers(one).keys()));
        return true;
      } catch (error) {
        const wait = RETRIES[tries];
        if (!(error instanceof MctlError)) throw error;
        if (wait === undefined) {
          this.#sayByHand(one, error);
          return false;
        }
        await sleep(wait);
      }
    }
  }

  #sayByHand({ levels, words }: Borrower, error: MctlError): void {
    const title = titleOf(levels.proxy);
    const before = [...levels.touched].map(([logger, level]) => `${logger}:${level}`).join(',');
    const command = ['mctl', 'pc', 'log', ...words, '--level', before].map(shellWord).join(' ');
    this.#streams.note(`Error: ${title}: its log levels could not be put back: ${error.message}`);
    this.#streams.note(`  This puts them back, and so does the next run of pc log or --prove: ${command}`);
  }

  /** What runs that are still under way will put back themselves: their levels before, by logger. */
  #heldByOthers(one: Borrower): LoggerLevels {
    const others = (this.#journal?.entries() ?? []).filter(
      ({ isAlive, identity, proxy, file }) =>
        isAlive && identity === one.identity && proxy === nameOf(one) && file !== this.#entries.get(one),
    );
    return new Map(others.flatMap(({ before }) => [...before]));
  }
}

function nameOf({ levels }: Borrower): string | null {
  const { proxy } = levels;
  return proxy.id === null ? null : titleOf(proxy);
}
