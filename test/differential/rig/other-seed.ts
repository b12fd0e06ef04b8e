/** Seeds of which Envoy does not take what is made. */

const MOST_TRIES = 10;
const STEP = 1_000_003;

/** Runs a seed; one that ends in this error goes on as others that are made from it. */
export async function withOtherSeeds<Result>(
  seed: number,
  refusal: new (message: string) => Error,
  run: (seed: number) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await run(seed + (tries - 1) * STEP);
    } catch (error) {
      if (!(error instanceof refusal) || tries === MOST_TRIES) throw error;
    }
  }
}
