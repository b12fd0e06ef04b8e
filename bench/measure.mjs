// Runs command lines in turn, several times, and gives medians: wall and processor time in milliseconds, peak memory in megabytes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const TIME = '/usr/bin/time';
const hasTime = existsSync(TIME);

/** Node reads the authorities of this variable at its start or with the first TLS, 40 ms for some 140 of them; few machines set it. */
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** One run; processor time and peak memory are null where the system has no GNU time to tell them. */
function once([command, ...args], patience) {
  // `timeout` ends the command itself, where spawnSync would end the one that measures it.
  const waited = patience === undefined ? [] : ['timeout', '-s', 'KILL', `${patience / 1000}`];
  const measured = [...waited, command, ...args];
  const line = hasTime ? [TIME, '-f', 'peak %M processor %U %S', ...measured] : measured;
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(line[0], line.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
    env,
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  if (error !== undefined) throw error;
  const told = /peak (\d+) processor ([\d.]+) ([\d.]+)\s*$/.exec(stderr.toString('utf8'));
  const [, peak, user, system] = (told ?? []).map(Number);
  return { status, wall, peak: told && peak / 1024, cpu: told && (user + system) * 1000 };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * @param cases `{ name, argv, status? }`: the exit status must be 0, or the one named; null for any
 * @param patience how long is waited for one, in milliseconds; for ever where it is not given
 * @returns `{ name, wall, cpu, peak, status }` of each, medians over the runs and the last exit status
 */
export function measure(cases, runs, patience) {
  const results = cases.map(() => []);
  for (let run = 0; run < runs; run++) {
    cases.forEach(({ name, argv, status: wanted = 0 }, index) => {
      const result = once(argv, patience);
      if (wanted !== null && result.status !== wanted)
        throw new Error(`${name}: exit status ${result.status}: ${argv.join(' ')}`);
      results[index].push(result);
    });
  }
  return cases.map(({ name }, index) => ({
    name,
    wall: median(results[index].map(({ wall }) => wall)),
    cpu: hasTime ? median(results[index].map(({ cpu }) => cpu)) : null,
    status: results[index].at(-1).status,
    peak: hasTime ? median(results[index].map(({ peak }) => peak)) : null,
  }));
}
