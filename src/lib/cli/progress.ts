/** How far a long run is: a bar on standard error where that is a terminal, and nothing in a log that somebody reads later. */
import type { Streams } from './streams';
import { visibleLine } from '../render/visible';

const CELLS = 24;

export class Progress {
  readonly #streams: Streams;
  readonly #noun: string;
  #isShown = false;

  /** @param noun what is counted: `proxies` */
  constructor(streams: Streams, noun: string) {
    this.#streams = streams;
    this.#noun = noun;
  }

  update(done: number, total: number, last: string | null): void {
    if (this.#streams.watched) this.#bar(done, total, last);
  }

  /** Takes the bar away, so that what is said next has the line. */
  clear(): void {
    if (this.#isShown) this.#streams.draw('\r\u001b[K');
    this.#isShown = false;
  }

  #bar(done: number, total: number, last: string | null): void {
    const filled = total === 0 ? CELLS : Math.floor((done * CELLS) / total);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)}`;
    const line = `${bar} ${done}/${total} ${this.#noun}  ${visibleLine(last ?? '')}`;
    this.#streams.draw(`\r\u001b[K${line.slice(0, (this.#streams.width ?? 80) - 1)}`);
    this.#isShown = true;
  }
}
