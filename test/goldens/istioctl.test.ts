/** Every command line that was recorded with the real istioctl, run through mctl's own commands. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/commands';
import { corpusProxies, type CorpusProxy, type IstioctlCall } from '../helpers/corpora';
import { type Run, runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();

interface CommandModule {
  readonly aliases: readonly string[];
}

function commandOf(word: string): Parameters<typeof runCommand>[0] | null {
  for (const [id, command] of Object.entries(COMMANDS)) {
    const ids = [id, ...(command as CommandModule).aliases];
    if (ids.includes(`proxy-config:${word}`)) return command as Parameters<typeof runCommand>[0];
  }
  return null;
}

function formatOf(args: readonly string[]): string {
  const at = args.findIndex((one) => one === '-o' || one === '--output');
  if (at >= 0) return args[at + 1] ?? 'short';
  return (
    args.flatMap((one) => /^(?:-o=?|--output=)(.+)$/.exec(one)?.[1] ?? []).at(-1) ??
    (/^(bootstrap|b)$/.test(args[1] ?? '') ? 'json' : 'short')
  );
}

/** A class of the closed list of differences (docs/istioctl-differences.md), and what mctl does there. */
interface Difference {
  readonly name: string;
  /** What is wrong with mctl's answer; null where it is as it should be. */
  judge(run: Run, call: IstioctlCall): string | null;
}

const HELP: Difference = {
  name: 'help texts',
  judge: ({ exitCode, stdout }) => (exitCode === 0 || stdout === '' ? null : `exit ${exitCode}`),
};
const SUBCOMMAND: Difference = { name: 'an unknown subcommand', judge: () => null };
const NO_DUMP: Difference = {
  name: 'a text that is not a dump',
  judge: ({ exitCode, stdout }) =>
    [64, 65].includes(exitCode) && stdout === '' ? null : `exit ${exitCode} with ${stdout.length} characters of data`,
};
const CONFIG_DUMP: Difference = {
  name: 'endpoint reads a config_dump',
  judge: ({ exitCode, stderr }, { rc }) =>
    exitCode === 0 || rc !== 0 || stderr.includes('EndpointsConfigDump') ? null : `exit ${exitCode}: ${stderr}`,
};
const SECTION: Difference = {
  name: 'a missing optional section',
  judge: ({ exitCode, stderr, stdout }) =>
    exitCode === 0 && stderr.includes('ConfigDump') && stdout !== '' ? null : `exit ${exitCode}: ${stderr}`,
};

/** The class that a call is of; null where it must agree. */
function differenceOf(proxy: CorpusProxy, call: IstioctlCall): Difference | null {
  const [, word = ''] = call.args;
  const text = call.args.join(' ');
  if (call.args.includes('--help')) return HELP;
  if (word === 'nosuchsub') return SUBCOMMAND;
  const input = text.includes('$CLUSTERS') ? proxy.clusters : proxy.configDump;
  const names = text.includes('$CLUSTERS') || text.includes('$DUMP');
  if (names && input !== null && !/"(configs|cluster_statuses|clusterStatuses)"/.test(input)) return NO_DUMP;
  if (isEndpoint(word) && text.includes('$DUMP') && call.rc === 0) return CONFIG_DUMP;
  const isMissing = call.err.includes('has no configuration type') && formatOf(call.args) !== 'bogus';
  return isMissing && /^(all|a|eds|ecds|ec)$/.test(word) ? SECTION : null;
}

function isEndpoint(word: string): boolean {
  return /^(endpoint|endpoints|ep)$/.test(word);
}

const proxies = corpusProxies();

/** Command lines that were tried apart from any scenario had the sample's productpage. */
const [standard] = proxies.filter(({ scenario, name }) => scenario === 'bookinfo' && name.startsWith('productpage'));

/** What a proxy's command lines read: the texts, and the paths of the files that hold them. */
interface Inputs {
  readonly configDump: string;
  readonly clusters: string;
  readonly dumpPath: string;
  readonly clustersPath: string;
}

function inputsOf(proxy: CorpusProxy): Inputs {
  const configDump = proxy.configDump ?? standard?.configDump ?? '';
  const clusters = proxy.clusters ?? standard?.clusters ?? '';
  const dumpPath = directory.write('dump.json', configDump);
  return { configDump, clusters, dumpPath, clustersPath: directory.write('clusters.json', clusters) };
}

async function runCall(inputs: Inputs, { args: [, word = '', ...rest] }: IstioctlCall): Promise<Run | null> {
  const command = commandOf(word);
  if (command === null) return null;
  const args = rest.map((one) => one.replace('$DUMP', inputs.dumpPath).replace('$CLUSTERS', inputs.clustersPath));
  return await runCommand(command, args, { stdin: isEndpoint(word) ? inputs.clusters : inputs.configDump });
}

function differs(call: IstioctlCall, { exitCode, stdout, stderr }: Run): string | null {
  if (call.rc !== 0) return errorDifference(call, exitCode, stdout);
  if (exitCode !== call.rc) return `exit ${exitCode}: ${stderr.slice(0, 300)}`;
  return outputDifference(call, stdout, /^(route|routes|r)$/.test(call.args[1] ?? ''));
}

/** What failed in istioctl fails in mctl, with a status of its own and no data, but for formats that only mctl has. */
function errorDifference(call: IstioctlCall, exitCode: number, stdout: string): string | null {
  if (['table', 'wide', 'name'].includes(formatOf(call.args)) && exitCode === 0) return null;
  if (![64, 65, 69].includes(exitCode)) return `exit ${exitCode}, istioctl fails with ${call.err.slice(0, 200)}`;
  return stdout === '' ? null : 'data on standard output beside an error';
}

function outputDifference(call: IstioctlCall, ours: string, isRoute: boolean): string | null {
  const agree = (read: (text: string) => unknown): boolean =>
    isDeepStrictEqual(ordered(read(ours), isRoute), ordered(read(call.out), isRoute));
  switch (formatOf(call.args)) {
    case 'json':
      return agree((text) => JSON.parse(text) as unknown) ? null : 'another JSON value';
    case 'yaml':
      return agree((text) => parse(text) as unknown) ? null : 'another YAML value';
    default:
      return ours === call.out ? null : textDifference(call.out, ours);
  }
}

/** Rows may differ in order only where istioctl's own order is arbitrary: ties, and route names that mix numbers and text. */
function textDifference(theirs: string, ours: string): string | null {
  const [a, b] = [tablesOf(theirs), tablesOf(ours)];
  if (a.length !== b.length) return `istioctl prints ${a.length} tables, mctl ${b.length}`;
  const at = a.findIndex((table, index) => !sameRows(table, b[index] ?? ''));
  if (at < 0) return null;
  const [lines, own] = [(a[at] ?? '').split('\n'), (b[at] ?? '').split('\n')];
  const line = lines.findIndex((one, index) => one !== own[index]);
  return `table ${at + 1}, line ${line + 1}: istioctl ${JSON.stringify(lines[line])}, mctl ${JSON.stringify(own[line])}`;
}

/** The tables of a text; \`pc all\` prints several with blank lines between them. */
function tablesOf(text: string): readonly string[] {
  return text.split('\n\n');
}

function sameRows(theirs: string, ours: string): boolean {
  const sorted = (text: string): string => [...text.split('\n')].sort().join('\n');
  return sorted(theirs) === sorted(ours) && keyed(theirs) === keyed(ours);
}

/**
 * The rows without what their order does not depend on, in the order that istioctl's sort fixes: listeners by address, port
 * and destination; the waypoint view's rows of a chain follow a map's random order; routes only where all names are numbers.
 */
function keyed(text: string): string {
  const [header = '', ...lines] = text.split('\n');
  if (/^(NAME +)?ADDRESSES/.test(header)) {
    const [match, destination] = [header.indexOf('MATCH'), header.indexOf('DESTINATION')];
    return lines.map((line) => `${line.slice(0, match)} ${line.slice(destination)}`).join('\n');
  }
  if (header.startsWith('LISTENER')) {
    const match = header.indexOf('MATCH');
    return lines.map((line) => line.slice(0, match)).join('\n');
  }
  const names = lines.filter((line) => line !== '').map((line) => line.split(' ')[0]?.replace(/^route\//, '') ?? '');
  const isMixed = /^NAME +(VHOST NAME|VIRTUAL HOSTS)/.test(header) && areMixed(names);
  return isMixed ? '' : text;
}

function areMixed(names: readonly string[]): boolean {
  return new Set(names.map((name) => /^\d+$/.test(name))).size > 1;
}

/** Route configurations whose names mix numbers and text come in an arbitrary order. */
function ordered(value: unknown, isRoute: boolean): unknown {
  if (!isRoute || !Array.isArray(value)) return value;
  const names = value.map((one: { name?: string }) => one.name ?? '');
  if (!areMixed(names)) return value;
  return [...(value as { name?: string }[])].sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

afterAll(() => {
  directory.remove();
});

const classes = new Map<string, number>();
let compared = 0;

/** What is wrong with mctl's answer to a command line; null where nothing is. */
async function wrongOf(proxy: CorpusProxy, call: IstioctlCall, inputs: Inputs): Promise<string | null> {
  const run = await runCall(inputs, call);
  const difference = differenceOf(proxy, call);
  if (difference === null) compared += 1;
  else classes.set(difference.name, (classes.get(difference.name) ?? 0) + 1);
  if (run === null) return difference === SUBCOMMAND || difference === HELP ? null : 'there is no such command';
  return difference === null ? differs(call, run) : difference.judge(run, call);
}

/** A proxy's command lines by the command that runs them, under the word that istioctl's help has for it. */
function byCommand({ calls }: CorpusProxy): readonly (readonly [command: string, calls: readonly IstioctlCall[]])[] {
  const groups = new Map<string, IstioctlCall[]>();
  for (const call of calls.filter(({ args }) => args[0] === 'pc')) {
    const name = nameOf(call.args[1] ?? '');
    groups.set(name, [...(groups.get(name) ?? []), call]);
  }
  return [...groups];
}

function nameOf(word: string): string {
  const command = commandOf(word);
  const known = Object.entries(COMMANDS).find(([, one]) => one === command);
  return command === null || known === undefined ? 'no command' : `pc ${known[0].replace('proxy-config:', '')}`;
}

describe.each(proxies.map((proxy) => [`${proxy.scenario}/${proxy.name}`, proxy] as const))('%s', (_name, proxy) => {
  let inputs: Inputs;

  beforeAll(() => {
    inputs = inputsOf(proxy);
  });

  test.each(byCommand(proxy))('each recorded line of %s says what istioctl said', async (_command, calls) => {
    const failures: string[] = [];
    for (const call of calls) {
      const wrong = await wrongOf(proxy, call, inputs);
      if (wrong !== null) failures.push(`${call.args.join(' ')}: ${wrong}`);
    }
    expect(failures).toEqual([]);
  });
});

test('all of them were compared, but for the closed list of differences', () => {
  expect(Object.fromEntries(classes)).toEqual({
    'a missing optional section': 86,
    'a text that is not a dump': 126,
    'an unknown subcommand': 1,
    'endpoint reads a config_dump': 41,
    'help texts': 10,
  });
  expect(compared).toBe(2539);
});
