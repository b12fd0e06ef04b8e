// Asks the registry for advisories: one of high or critical severity about what is bundled fails. Needs a build. A registry that
// does not answer is said, and is no failure: it tells nothing about the packages.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const FAILING = new Set(['high', 'critical']);

/** Advisories that fail, and the others, as lines; null where the registry gave no report. */
export function judge(report, bundled) {
  const { vulnerabilities } = report ?? {};
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null) return null;
  const names = new Set(bundled.map(({ name }) => name));
  const lines = Object.values(vulnerabilities).map(({ name, severity, range }) => ({
    line: `${name} ${range}: ${severity}${names.has(name) ? ', bundled' : ''}`,
    fails: names.has(name) && FAILING.has(severity),
  }));
  return {
    failing: lines.filter(({ fails }) => fails).map(({ line }) => line),
    others: lines.filter(({ fails }) => !fails).map(({ line }) => line),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

if (process.argv[1]?.endsWith('advisories.mjs')) {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', timeout: 60_000 });
  const found = judge(parsed(stdout ?? ''), JSON.parse(readFileSync('dist/bundled.json', 'utf8')));
  if (found === null) console.log('The registry gave no report on advisories: nothing was checked.');
  for (const line of found?.others ?? []) console.log(`not bundled, or of less than high severity: ${line}`);
  for (const line of found?.failing ?? []) console.error(`advisory: ${line}`);
  process.exitCode = (found?.failing.length ?? 0) > 0 ? 1 : 0;
}
