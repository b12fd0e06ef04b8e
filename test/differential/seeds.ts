/** A differential test of the seeds that are to run, each a configuration with its requests. */
import { describeDisagreement, type Report, seedsToRun, Tally } from './report';
import { describeWithEnvoy } from './rig/requirements';

/**
 * @param fixed the seeds that run where SEEDS asks for no fresh ones
 * @param requests of each configuration; more decisions than that are compared
 */
export function describeSeeds(
  name: string,
  fixed: readonly number[],
  requests: number,
  run: (seed: number, requests: number, keep: string | null) => Promise<Report>,
): void {
  const list = seedsToRun(fixed);
  const tally = new Tally(name);
  describeWithEnvoy(name, () => {
    it.each(list)(
      'seed %d',
      async (seed) => {
        const report = await run(seed, requests, process.env['KEEP'] ?? null);
        tally.add(report);
        expect(report.disagreements.map(describeDisagreement).join('\n')).toBe('');
        expect(report.compared).toBeGreaterThan(requests);
      },
      120_000,
    );

    afterAll(() => {
      tally.print();
    });
  });
}
