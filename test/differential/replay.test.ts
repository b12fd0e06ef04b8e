/**
 * Access logs that a real Envoy wrote, replayed: every line must agree with the configuration that Envoy had, and of another
 * configuration's log some must not. SEEDS, FIRST_SEED as for the other rigs; KEEP=DIR keeps logs and dumps.
 */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import type { ReplayResult } from '../../src/lib/access-log/replay-result';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { makeCalls } from './generate/calls';
import { seedsToRun } from './report';
import type { Call } from './rig/call';
import { logInFormat, PEOPLES_FORMAT_NAMES, type PeoplesFormat } from './rig/access-log';
import { withOtherSeeds } from './rig/other-seed';
import { describeWithEnvoy } from './rig/requirements';
import { Refused, SidecarRig } from './sidecar/rig';

const BIN = join(__dirname, '../../bin/run.js');
const REQUESTS = 80;

interface Recorded {
  readonly logs: Readonly<Record<PeoplesFormat, string>>;
  readonly calls: readonly Call[];
  readonly source: readonly string[];
}

const files = temporaryDirectory();

/** The caller's address and port, by which lines of two logs on the same call are told. */
function callerOf(line: string): string {
  return line.split(' ').at(-3) ?? '';
}

function routeOf(line: string): string {
  return line.split(' ').at(-1) ?? '';
}

/** What Envoy did: status, flags, details, why the connection ended, endpoint, cluster and route. */
function deedOf(line: string): string {
  const [, ...answer] = /" (\d+) (\S+) (\S+) (\S+) "/.exec(line) ?? [];
  const [, host = '', cluster = ''] = /"([^"]*)" (\S+) \S+ \S+ \S+ \S+ \S+$/.exec(line) ?? [];
  return [...answer, host, cluster, line.split(' ').at(-1)].join(' ');
}

/** @param choose which of the calls that are made for the seed are sent, or others */
async function recorded(
  seed: number,
  choose: (made: readonly Call[]) => readonly Call[] = (made) => made,
): Promise<Recorded> {
  return await withOtherSeeds(seed, Refused, async (one) => {
    const { rig, setting } = await SidecarRig.start(one);
    try {
      const sent = choose(makeCalls(setting, REQUESTS));
      await rig.observe(sent);
      const { configDump, clusters } = await rig.dump();
      const log = (format: PeoplesFormat): string =>
        files.write(`${seed}.${format}.log`, readFileSync(logInFormat(rig.accessLog, format), 'utf8'));
      const logs = { istio: log('istio'), json: log('json'), custom: log('custom') };
      const source = [
        files.write(`${seed}.config_dump.json`, configDump),
        files.write(`${seed}.clusters.json`, clusters),
      ];
      keep([...Object.values(logs), ...source]);
      return { logs, calls: sent, source: source.flatMap((file) => ['-f', file]) };
    } finally {
      await rig.stop();
    }
  });
}

function keep(kept: readonly string[]): void {
  const { KEEP: place } = process.env;
  if (place === undefined) return;
  mkdirSync(place, { recursive: true });
  for (const file of kept) cpSync(file, join(place, basename(file)));
}

function replay(log: string, source: readonly string[]): ReplayResult {
  const ran = spawnSync(process.execPath, [BIN, 'replay', log, ...source, '-o', 'json', '--show-secrets'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as ReplayResult;
}

interface Explained {
  readonly comparison: { readonly kind: 'agree' | 'differ' | 'unknown' };
  readonly needs: string | null;
}

/** What mctl says of each line by itself. */
function explained(lines: readonly string[], source: readonly string[]): readonly Explained[] {
  const ran = spawnSync(process.execPath, [BIN, 'explain', '-', ...source, '-o', 'json', '--show-secrets'], {
    encoding: 'utf8',
    input: `${lines.join('\n')}\n`,
    maxBuffer: 1 << 28,
  });
  if (ran.stdout === '') throw new Error(ran.stderr);
  const found = JSON.parse(ran.stdout) as Explained | { readonly lines: readonly Explained[] };
  return 'lines' in found ? found.lines : [found];
}

const counted = {
  istio: { lines: 0, agree: 0 },
  json: { lines: 0, agree: 0 },
  custom: { lines: 0, agree: 0 },
} satisfies Record<PeoplesFormat, unknown>;

/** Lines of requests that moved: named as such, explained by what they do not hold, or by chance on the same route. */
const told = { moved: 0, byNeeds: 0, byChance: 0 };

describeWithEnvoy('access logs', () => {
  afterAll(() => {
    process.stdout.write(`access logs: lines of another configuration: ${JSON.stringify(told)}\n`);
    process.stdout.write(`access logs: lines that agree, by format: ${JSON.stringify(counted)}\n`);
  });

  it.each(seedsToRun([11, 12, 13, 500, 502]))(
    'seed %d',
    async (seed) => {
      const { logs, source } = await recorded(seed);
      for (const format of PEOPLES_FORMAT_NAMES) {
        const { groups, ...counts } = replay(logs[format], source);
        expect(counts.lines).toBeGreaterThan(REQUESTS / 3);
        expect({ format, others: groups.filter(({ kind }) => kind !== 'agree') }).toEqual({ format, others: [] });
        counted[format].lines += counts.lines;
        counted[format].agree += counts.agree;
      }
    },
    120_000,
  );

  it.each(seedsToRun([21, 31, 41]))(
    'of another configuration: what both Envoys did alike agrees, and requests that moved are named (seed %d)',
    async (seed) => {
      // Certificates of a rig go with it.
      const one = await recorded(seed, (made) => made.filter(({ tls }) => tls === null));
      const other = await recorded(seed + 1, () => one.calls);
      const byCaller = (log: string): ReadonlyMap<string, string> =>
        new Map(log.split('\n').flatMap((line) => (line === '' ? [] : [[callerOf(line), line] as const])));
      const mine = byCaller(readFileSync(one.logs.istio, 'utf8'));
      const theirs = byCaller(readFileSync(other.logs.istio, 'utf8'));
      const both = [...mine].filter(([caller]) => theirs.has(caller));
      const isAlike = ([caller, line]: readonly [string, string]): boolean =>
        deedOf(line) === deedOf(theirs.get(caller) ?? '');
      const written = (name: string, found: readonly (readonly [string, string])[]): string =>
        files.write(`${seed}.${name}.log`, found.map(([, line]) => `${line}\n`).join(''));
      const alike = replay(written('alike', both.filter(isAlike)), other.source);
      expect(alike.groups.filter(({ kind }) => kind === 'differ')).toEqual([]);
      const moved = both.filter((line) => !isAlike(line));
      expect(moved.length).toBeGreaterThan(0);
      expect(replay(written('moved', moved), other.source).differ).toBeGreaterThan(0);
      const lines = moved.map(([, line]) => line);
      const ofOwn = explained(lines, one.source);
      const ofOther = explained(lines, other.source);
      for (const [index, [caller, line]] of moved.entries()) {
        const context = `${line}\nthe other Envoy: ${theirs.get(caller) ?? ''}`;
        // The Envoy that wrote it did it, and its configuration says so.
        expect({ context, ...ofOwn[index] }).toMatchObject({ context, comparison: { kind: 'agree' } });
        // The other's explains it only by what the line does not hold, or where both took the same route and chance did the rest.
        const found = ofOther[index];
        const isExplained = found?.comparison.kind === 'agree' && found.needs === null;
        if (isExplained) expect([context, routeOf(theirs.get(caller) ?? '')]).toEqual([context, routeOf(line)]);
        told[found?.comparison.kind === 'agree' ? (isExplained ? 'byChance' : 'byNeeds') : 'moved'] += 1;
      }
    },
    480_000,
  );
});
