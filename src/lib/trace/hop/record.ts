/** Collects what one proxy decides while it is walked, and gives it as a Hop. */
import { hostPort } from '../../envoy/address';
import type { ClusterChance, Direction, Hop, Step } from '../model';

type Filled = Omit<Hop, 'proxy' | 'direction' | 'steps'>;

const EMPTY: Filled = {
  listener: null,
  filterChain: null,
  routeConfiguration: null,
  virtualHost: null,
  route: null,
  clusters: [],
};

export class HopRecord {
  readonly #proxy: string | null;
  readonly #direction: Direction;
  readonly #steps: Step[] = [];
  #filled: Filled = EMPTY;

  constructor(proxy: string | null, direction: Direction) {
    this.#proxy = proxy;
    this.#direction = direction;
  }

  add(...steps: readonly Step[]): void {
    this.#steps.push(...steps);
  }

  fill(part: Partial<Filled>): void {
    this.#filled = { ...this.#filled, ...part };
  }

  get clusters(): readonly ClusterChance[] {
    return this.#filled.clusters;
  }

  toHop(): Hop {
    return { proxy: this.#proxy, direction: this.#direction, ...this.#filled, steps: [...this.#steps] };
  }
}

/** A step with nothing rejected and no settings; `more` fills in what there is. */
export function step(
  stage: Step['stage'],
  outcome: Step['outcome'],
  name: string | null,
  because: string,
  more: Partial<Pick<Step, 'rejected' | 'rejectedCount' | 'config' | 'details' | 'origin' | 'facts'>> = {},
): Step {
  return {
    stage,
    outcome,
    name,
    because,
    rejected: [],
    rejectedCount: 0,
    config: null,
    details: [],
    origin: null,
    ...more,
  };
}

/** Address and port for an explanation. */
export function at(address: { readonly ip: string; readonly port: number }): string {
  return hostPort(address.ip, address.port);
}
