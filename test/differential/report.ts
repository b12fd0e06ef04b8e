/** What a differential test prints: each disagreement, and how much was compared. */
import type { Difference } from './compare/compare';

/** The fixed seeds, or with SEEDS=N that many fresh ones from FIRST_SEED or the clock. */
export function seedsToRun(fixed: readonly number[]): readonly number[] {
  const count = Number(process.env['SEEDS'] ?? 0);
  const first = Number(process.env['FIRST_SEED'] ?? (Math.floor(Date.now() / 1000) % 1_000_000) * 1000);
  return count > 0 ? Array.from({ length: count }, (_, index) => first + index) : fixed;
}

interface Disagreement {
  readonly call: unknown;
  readonly differences: readonly Difference[];
}

export function describeDisagreement({ call, differences }: Disagreement): string {
  const lines = differences.map(
    ({ what, envoy, mctl }) => `    ${what}: Envoy ${JSON.stringify(envoy)}, mctl ${JSON.stringify(mctl)}`,
  );
  return [`  ${JSON.stringify(call)}`, ...lines].join('\n');
}

/** What came of one seed. */
export interface Report {
  readonly requests: number;
  readonly compared: number;
  readonly disagreements: readonly Disagreement[];
}

/** Counts over the seeds of a test. */
export class Tally {
  readonly #name: string;
  #seeds = 0;
  #requests = 0;
  #compared = 0;
  #differ = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(report: Report): void {
    this.#seeds += 1;
    this.#requests += report.requests;
    this.#compared += report.compared;
    this.#differ += report.disagreements.reduce((sum, { differences }) => sum + differences.length, 0);
  }

  print(): void {
    const asked = `${this.#name}: ${this.#seeds} seeds, ${this.#requests} requests`;
    process.stdout.write(`${asked}: ${this.#compared} decisions compared, ${this.#differ} differ\n`);
  }
}
