/** How many connections may be open at once: each has a place, and one that is kept open for later gives up its own. */

/** The place of one connection. */
export interface ConnectionSlot {
  /** The connection is kept, and nothing is going on: where another waits for a place, `close` is called. */
  idle(close: () => void): void;
  /** Something is going on again. */
  busy(): void;
  /** The connection is closed. May be called again. */
  release(): void;
}

export class ConnectionSlots {
  readonly #bound: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];
  /** Connections that could be closed, the one that was used longest ago first. */
  readonly #idle = new Map<ConnectionSlot, () => void>();

  /** @param bound how many places there are, at least one */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Waits for a place, in turn. */
  async take(): Promise<ConnectionSlot> {
    if (this.#taken < this.#bound) this.#taken += 1;
    else {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#makeRoom();
      });
    }
    return this.#place();
  }

  #place(): ConnectionSlot {
    let isOver = false;
    const place: ConnectionSlot = {
      idle: (close) => {
        if (isOver) return;
        this.#idle.set(place, close);
        if (this.#waiting.length > 0) this.#makeRoom();
      },
      busy: () => {
        this.#idle.delete(place);
      },
      release: () => {
        if (isOver) return;
        isOver = true;
        this.#idle.delete(place);
        const next = this.#waiting.shift();
        // The place is handed on: nobody can take it in between.
        if (next === undefined) this.#taken -= 1;
        else next();
      },
    };
    return place;
  }

  #makeRoom(): void {
    const [oldest] = this.#idle;
    if (oldest === undefined) return;
    const [place, close] = oldest;
    this.#idle.delete(place);
    close();
  }
}
