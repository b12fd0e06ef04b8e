/** Every command line that was recorded with the real istioctl, run through mctl's own commands. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/commands';
import { corpusProxies, type CorpusProxy, type IstioctlCall } from '../helpers/corpora';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();

/** Commands of istioctl that mctl does not have yet are counted, not compared. */
const ABSENT = ['all', 'bootstrap', 'secret', 'ecds'];

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
  return args.flatMap((one) => /^(?:-o=?|--output=)(.+)$/.exec(one)?.[1] ?? []).at(-1) ?? 'short';
}

/**
 * The closed list of differences (docs/istioctl-differences.md), by class: null where the call must agree.
 */
function differenceClass(proxy: CorpusProxy, call: IstioctlCall): string | null {
  const [, word = ''] = call.args;
  const text = call.args.join(' ');
  if (call.args.includes('--help')) return 'help texts';
  if (
    /^(endpoint|endpoints|ep)$/.test(word) &&
    !text.includes('$CLUSTERS') &&
    !(text.includes('-f -') || text.includes('--file -'))
  ) {
    return 'endpoint reads a config_dump';
  }
  const input = text.includes('$CLUSTERS') ? proxy.clusters : proxy.configDump;
  if (input !== null && !/"(configs|cluster_statuses|clusterStatuses)"/.test(input)) return 'a text that is no dump';
  if (formatOf(call.args) === 'short' || word.startsWith('-'))
    return word === 'nosuchsub' ? 'an unknown subcommand' : null;
  return null;
}

/** Fields that istioctl does not know are kept, so ours may hold more; never less, never otherwise. */
function holds(ours: unknown, theirs: unknown): boolean {
  if (isDeepStrictEqual(ours, theirs)) return true;
  if (Array.isArray(theirs)) {
    return (
      Array.isArray(ours) && ours.length === theirs.length && theirs.every((one, index) => holds(ours[index], one))
    );
  }
  if (typeof theirs !== 'object' || theirs === null || typeof ours !== 'object' || ours === null) return false;
  return Object.entries(theirs).every(([key, value]) => holds((ours as Record<string, unknown>)[key], value));
}

/** Command lines that were tried apart from any scenario had the sample's productpage. */
const [standard] = corpusProxies().filter(
  ({ scenario, name }) => scenario === 'bookinfo' && name.startsWith('productpage'),
);

interface Prepared {
  readonly args: readonly string[];
  readonly stdin: string;
}

/** The call's arguments with the files that they name, and what it had on standard input. */
function prepare(proxy: CorpusProxy, [, word = '', ...rest]: readonly string[]): Prepared {
  const configDump = proxy.configDump ?? standard?.configDump ?? '';
  const clusters = proxy.clusters ?? standard?.clusters ?? '';
  const files = [directory.write('dump.json', configDump), directory.write('clusters.json', clusters)] as const;
  return {
    args: rest.map((one) => one.replace('$DUMP', files[0]).replace('$CLUSTERS', files[1])),
    stdin: /^(endpoint|endpoints|ep)$/.test(word) ? clusters : configDump,
  };
}

async function compare(proxy: CorpusProxy, call: IstioctlCall): Promise<string | null> {
  const [, word = ''] = call.args;
  const command = commandOf(word);
  if (command === null) return `no command ${word}`;
  const { args, stdin } = prepare(proxy, call.args);
  const run = await runCommand(command, args, { stdin });
  if (call.rc !== 0) return errorDifference(call, run.exitCode, run.stdout);
  if (run.exitCode !== call.rc) return `exit ${run.exitCode}: ${run.stderr.slice(0, 300)}`;
  return outputDifference(call, run.stdout, /^(route|routes|r)$/.test(word));
}

/** What failed in istioctl fails in mctl, with a status of its own and no data, but for formats that only mctl has. */
function errorDifference(call: IstioctlCall, exitCode: number, stdout: string): string | null {
  if (['table', 'wide', 'name'].includes(formatOf(call.args)) && exitCode === 0) return null;
  if (![64, 65, 69].includes(exitCode)) return `exit ${exitCode}, istioctl fails with ${call.err.slice(0, 200)}`;
  return stdout === '' ? null : 'data on standard output beside an error';
}

function outputDifference(call: IstioctlCall, ours: string, isRoute: boolean): string | null {
  const agree = (read: (text: string) => unknown): boolean =>
    holds(ordered(read(ours), isRoute), ordered(read(call.out), isRoute));
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
  const sorted = (text: string): string => [...text.split('\n')].sort().join('\n');
  if (sorted(theirs) === sorted(ours) && keyed(theirs) === keyed(ours)) return null;
  const [a, b] = [theirs.split('\n'), ours.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `line ${at + 1}: istioctl ${JSON.stringify(a[at])}, mctl ${JSON.stringify(b[at])}`;
}

/**
 * The rows without what their order does not depend on, in the order that istioctl's sort fixes: listeners by address, port
 * and destination; the waypoint view's rows of a chain follow a map's random order; routes only where all names are numbers.
 */
function keyed(text: string): string {
  const [header = '', ...lines] = text.split('\n');
  if (header.startsWith('ADDRESSES')) {
    const [match, destination] = [header.indexOf('MATCH'), header.indexOf('DESTINATION')];
    return lines.map((line) => `${line.slice(0, match)} ${line.slice(destination)}`).join('\n');
  }
  if (header.startsWith('LISTENER')) {
    const match = header.indexOf('MATCH');
    return lines.map((line) => line.slice(0, match)).join('\n');
  }
  const names = lines.slice(0, -1).map((line) => line.split(' ')[0] ?? '');
  const isMixed = header.startsWith('NAME') && new Set(names.map((name) => /^\d+$/.test(name))).size > 1;
  return isMixed ? '' : text;
}

/** Route configurations whose names mix numbers and text come in an arbitrary order. */
function ordered(value: unknown, isRoute: boolean): unknown {
  if (!isRoute || !Array.isArray(value)) return value;
  const names = value.map((one: { name?: string }) => one.name ?? '');
  if (new Set(names.map((name) => /^\d+$/.test(name))).size <= 1) return value;
  return [...(value as { name?: string }[])].sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

afterAll(() => {
  directory.remove();
});

test('every recorded command line says what istioctl said', async () => {
  const failures: string[] = [];
  const classes = new Map<string, number>();
  let compared = 0;
  for (const proxy of corpusProxies()) {
    for (const call of proxy.calls) {
      if (call.args[0] !== 'pc') continue;
      const word = call.args[1] ?? '';
      const known = commandOf(word) === null && (ABSENT.includes(word) || /^(a|b|s|ec|secrets|-.*)$/.test(word));
      const allowed = known ? `not built yet: ${word}` : differenceClass(proxy, call);
      if (allowed !== null) {
        classes.set(allowed, (classes.get(allowed) ?? 0) + 1);
        continue;
      }
      compared += 1;
      const difference = await compare(proxy, call);
      if (difference !== null) failures.push(`${proxy.scenario}/${proxy.name} ${call.args.join(' ')}: ${difference}`);
    }
  }
  const allowed = [...classes].map(([name, count]) => `\n  ${count} ${name}`).join('');
  process.stdout.write(`${compared} command lines compared, ${failures.length} differ; by class:${allowed}\n`);
  if (failures.length > 0) throw new Error(`${failures.length} differ:\n${failures.slice(0, 40).join('\n')}`);
}, 120_000);
