// Runs command lines in turn, several times, and gives medians: wall time in milliseconds, peak memory in megabytes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const TIME = '/usr/bin/time';
const hasTime = existsSync(TIME);

/** One run; peak memory is null where the system has no GNU time to tell it. */
function once([command, ...args], input) {
  const line = hasTime ? [TIME, '-f', 'peak %M', command, ...args] : [command, ...args];
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(line[0], line.slice(1), {
    stdio: [input ?? 'ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  if (error !== undefined) throw error;
  const peak = /peak (\d+)\s*$/.exec(stderr.toString('utf8'));
  return { status, wall, peak: peak === null ? null : Number(peak[1]) / 1024 };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * @param cases `{ name, argv, status? }`: the exit status must be 0, or the one named; null for any
 * @returns `{ name, wall, peak }` of each, medians over the runs
 */
export function measure(cases, runs) {
  const results = cases.map(() => []);
  for (let run = 0; run < runs; run++) {
    cases.forEach(({ name, argv, status: wanted = 0 }, index) => {
      const result = once(argv);
      if (wanted !== null && result.status !== wanted)
        throw new Error(`${name}: exit status ${result.status}: ${argv.join(' ')}`);
      results[index].push(result);
    });
  }
  return cases.map(({ name }, index) => ({
    name,
    wall: median(results[index].map(({ wall }) => wall)),
    peak: hasTime ? median(results[index].map(({ peak }) => peak)) : null,
  }));
}
