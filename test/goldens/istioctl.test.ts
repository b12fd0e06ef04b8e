/** Every command line that was recorded with the real istioctl, run through mctl's own commands. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  if (call.rc !== 0) return 'an error: the exit status and the message are ours';
  if (/^(endpoint|endpoints|ep)$/.test(word) && !text.includes('$CLUSTERS') && !(text.includes('-f -') || text.includes('--file -'))) {
    return 'endpoint reads a config_dump';
  }
  const input = /\$CLUSTERS/.test(text) ? proxy.clusters : proxy.configDump;
  if (input !== null && !/"(configs|cluster_statuses|clusterStatuses)"/.test(input)) return 'a text that is no dump';
  if (formatOf(call.args) === 'short' || word.startsWith('-')) return word === 'nosuchsub' ? 'an unknown subcommand' : null;
  return null;
}

/** Fields that istioctl does not know are kept, so ours may hold more; never less, never otherwise. */
function holds(ours: unknown, theirs: unknown): boolean {
  if (isDeepStrictEqual(ours, theirs)) return true;
  if (Array.isArray(theirs)) {
    return Array.isArray(ours) && ours.length === theirs.length && theirs.every((one, index) => holds(ours[index], one));
  }
  if (typeof theirs !== 'object' || theirs === null || typeof ours !== 'object' || ours === null) return false;
  return Object.entries(theirs).every(([key, value]) => holds((ours as Record<string, unknown>)[key], value));
}

function unordered(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;
}

async function compare(proxy: CorpusProxy, call: IstioctlCall): Promise<string | null> {
  const [, word = '', ...rest] = call.args;
  const command = commandOf(word);
  if (command === null) return `no command ${word}`;
  const dump = join(directory.path, 'dump.json');
  const clusters = join(directory.path, 'clusters.json');
  writeFileSync(dump, proxy.configDump ?? '');
  writeFileSync(clusters, proxy.clusters ?? '');
  const args = rest.map((one) => one.replace('$DUMP', dump).replace('$CLUSTERS', clusters));
  const stdin = /^(endpoint|endpoints|ep)$/.test(word) ? proxy.clusters : proxy.configDump;
  const run = await runCommand(command, args, { stdin: stdin ?? '' });
  if (run.exitCode !== call.rc) return `exit ${run.exitCode}: ${run.stderr.slice(0, 300)}`;
  switch (formatOf(call.args)) {
    case 'json':
      return holds(JSON.parse(run.stdout), JSON.parse(call.out)) ? null : 'another JSON value';
    case 'yaml':
      return holds(parse(run.stdout), parse(call.out)) ? null : 'another YAML value';
    default:
      return run.stdout === call.out ? null : textDifference(call.out, run.stdout);
  }
}

/** Rows may differ in order only where istioctl's own order is arbitrary: ties, and route names that mix numbers and text. */
function textDifference(theirs: string, ours: string): string | null {
  const sorted = (text: string): string => [...text.split('\n')].sort().join('\n');
  const names = theirs.split('\n').slice(1).map((line) => line.split(' ')[0] ?? '');
  const mixed = theirs.startsWith('NAME') && new Set(names.map((name) => /^\d*$/.test(name))).size > 1;
  if (sorted(theirs) === sorted(ours) && (mixed || unordered === undefined)) return null;
  const [a, b] = [theirs.split('\n'), ours.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `line ${at + 1}: istioctl ${JSON.stringify(a[at])}, mctl ${JSON.stringify(b[at])}`;
}

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
