/** Every command line of `istioctl ztunnel-config` that was recorded, run through mctl's own commands. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/commands';
import { type AmbientCorpus, ambientCorpora } from '../helpers/ambient-corpora';
import type { IstioctlCall } from '../helpers/corpora';
import { runCli } from '../helpers/run-cli';
import { type Run, runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();

afterAll(() => {
  directory.remove();
});

interface CommandModule {
  readonly aliases: readonly string[];
}

type CommandClass = Parameters<typeof runCommand>[0];

const commands = new Map(
  Object.entries(COMMANDS).flatMap(([id, command]) =>
    [id, ...(command as CommandModule).aliases].map((name) => [name, command as CommandClass] as const),
  ),
);

function commandOf(word: string): CommandClass | null {
  return commands.get(`ztunnel-config:${word}`) ?? null;
}

/** A class of the closed list of differences (docs/istioctl-differences.md). */
function differenceOf({ dump }: AmbientCorpus, { args, rc, err }: IstioctlCall): string | null {
  const [, word = ''] = args;
  if (args.includes('--help') || args.includes('-h') || args.includes('help')) return 'help texts';
  if (commandOf(word) === null) return 'an unknown subcommand';
  if (args.includes('$DUMP') && rc === 0 && (dump === null || !isObjectOfZtunnel(dump)))
    return 'a text that is not a dump';
  return rc === 2 && err.startsWith('panic:') ? 'crashes' : null;
}

function isObjectOfZtunnel(text: string): boolean {
  const value = JSON.parse(text) as object | null;
  const sections = ['workloads', 'services', 'policies', 'certificates', 'workloadstate'];
  return value !== null && Object.keys(value).some((name) => sections.includes(name.toLowerCase()));
}

function wrongOf(kind: string, { exitCode, stdout }: Run): string | null {
  if (kind === 'a text that is not a dump') return exitCode === 65 && stdout === '' ? null : `exit ${exitCode}`;
  if (kind === 'crashes') return exitCode === 0 && stdout !== '' ? null : `exit ${exitCode}`;
  return null;
}

function formatOf(args: readonly string[]): string {
  const at = args.findIndex((one) => one === '-o' || one === '--output');
  if (at >= 0) return args[at + 1] ?? 'short';
  return args.flatMap((one) => /^(?:-o=?|--output=)(.+)$/.exec(one)?.[1] ?? []).at(-1) ?? 'short';
}

function differs({ args, rc, out, err }: IstioctlCall, { exitCode, stdout, stderr }: Run): string | null {
  const format = formatOf(args);
  if (rc !== 0) {
    if (['table', 'wide', 'name'].includes(format) && exitCode === 0 && args[1] !== 'log') return null;
    if (![64, 65, 69].includes(exitCode)) return `exit ${exitCode}, istioctl fails with ${err.slice(-200)}`;
    return stdout === '' ? null : 'data on standard output beside an error';
  }
  if (exitCode !== rc) return `exit ${exitCode}: ${stderr.slice(0, 300)}`;
  const isWhole = args[1] === 'all' && format !== 'short';
  if (format === 'json') {
    if (isWhole) return stdout === out ? null : 'other bytes';
    return holds(JSON.parse(stdout), JSON.parse(out)) ? null : 'another JSON value';
  }
  if (format === 'yaml') return holds(parse(stdout), parse(out)) ? null : 'another YAML value';
  return textDifference(out, stdout);
}

/** What ztunnel writes and istioctl does not know, and so drops; mctl keeps it. */
const DROPPED = new Set([
  // Of waypoints in old dumps.
  'port',
  'services',
  'nativeTunnel',
  'networkMode',
  'hboneMtlsPort',
  'weightedWaypoints',
  'status',
  'dryRun',
]);

/** Whether ours is istioctl's value, and beside it no fields but those that istioctl drops. */
function holds(ours: unknown, theirs: unknown): boolean {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    return ours.length === theirs.length && ours.every((one, index) => holds(one, theirs[index]));
  }
  if (!isObject(ours) || !isObject(theirs)) return isDeepStrictEqual(ours, theirs);
  const known = Object.keys(theirs);
  const more = Object.keys(ours).filter((name) => !known.includes(name));
  return known.every((name) => holds(ours[name], theirs[name])) && more.every((name) => DROPPED.has(name));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where istioctl's sort leaves ties in an arbitrary order, and where a map has none, rows may differ in order alone. */
function textDifference(theirs: string, ours: string): string | null {
  if (theirs === ours) return null;
  const [a, b] = [theirs.split('\n'), ours.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  const difference = `line ${at + 1}: istioctl ${JSON.stringify(a[at])}, mctl ${JSON.stringify(b[at])}`;
  if (!isDeepStrictEqual([...a].sort(), [...b].sort())) return difference;
  return isDeepStrictEqual(a.map(keyOf), b.map(keyOf)) ? null : difference;
}

/** What a row is sorted by, as far as it can be seen: its first two cells. */
function keyOf(line: string): string {
  return line.split(/ +/).slice(0, 2).join(' ');
}

/** What asks a cluster needs the built program, and there is no cluster. */
async function withoutCluster(args: readonly string[]): Promise<Run> {
  const { status, stdout, stderr } = await runCli(args, { env: { KUBECONFIG: '/nonexistent/kubeconfig' } });
  return { exitCode: status ?? -1, stdout, stderr };
}

const classes = new Map<string, number>();
let compared = 0;

const corpora = ambientCorpora();

test.each(corpora.map((corpus) => [`${corpus.scenario}/${corpus.name}`, corpus] as const))(
  'every command line of %s says what istioctl said',
  async (_name, corpus) => {
    const failures: string[] = [];
    const path = directory.write('dump.json', corpus.dump ?? '');
    for (const call of corpus.calls) {
      const difference = differenceOf(corpus, call);
      const [, word = '', ...rest] = call.args;
      const command = commandOf(word);
      if (difference === null) compared += 1;
      else classes.set(difference, (classes.get(difference) ?? 0) + 1);
      if (command === null || difference === 'help texts') continue;
      const run =
        corpus.dump === null
          ? await withoutCluster(call.args)
          : await runCommand(
              command,
              rest.map((one) => one.replace('$DUMP', path)),
              { stdin: corpus.dump },
            );
      const wrong = difference === null ? differs(call, run) : wrongOf(difference, run);
      if (wrong !== null) failures.push(`${call.args.join(' ')}: ${wrong}`);
    }
    expect(failures).toEqual([]);
  },
);

test('all of them were compared, but for the closed list of differences', () => {
  expect(Object.fromEntries(classes)).toEqual({
    'a text that is not a dump': 48,
    'an unknown subcommand': 15,
    'help texts': 11,
  });
  expect(compared).toBe(1612);
});
