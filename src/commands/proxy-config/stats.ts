import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { filterFlag, outputFlag, parseChoice, replicaFlags, sourceFlags, targetArgument } from '../../lib/cli/flags';
import { answerEach, askEnvoy, titleOf } from '../../lib/cli/envoy-answers';
import { InputError, UsageError } from '../../lib/errors';
import { parseExactly } from '../../lib/exact-number';
import { jsonOf } from '../../lib/source/body';
import type { ProxySource } from '../../lib/source/source';
import {
  clusterLines,
  filterClusterLines,
  filterClusters,
  filterProm,
  type StatsQuery,
  statsPath,
} from '../../lib/view/stats-view';

const TYPES = ['server', 'cluster', 'clusters'] as const;
const NOUN = 'stats';

const typeFlag = Flags.custom<(typeof TYPES)[number]>({
  char: 't',
  default: 'server',
  helpValue: 'server|cluster',
  summary: "What to read: the server's statistics, or each cluster's hosts.",
  parse: (text, _context, options) => Promise.resolve(parseChoice(text === '' ? 'server' : text, TYPES, options.name)),
});

export default class StatsCommand extends MctlCommand {
  static override readonly summary = "A running Envoy's statistics, of the server or of each cluster's hosts.";
  static override readonly aliases = ['stats', 'es']
    .flatMap((name) => [`proxy-config:${name}`, `pc:${name}`])
    .filter((name) => name !== 'proxy-config:stats');
  static override readonly examples = [
    {
      description: 'Hosts of one service, from the sample',
      command:
        '<%= config.bin %> pc stats productpage-v1-6b746f74dc-9stvs.bookinfo --sample --type cluster --name reviews',
    },
    {
      description: 'What was refused, of an Envoy that can be reached as it is',
      command: '<%= config.bin %> pc stats --admin http://localhost:15000 --name update_rejected --used-only',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    type: typeFlag(),
    name: filterFlag('Statistics, metrics or clusters whose name holds this text.', { helpValue: 'TEXT' }),
    filter: filterFlag("Statistics whose name this regular expression matches; it is Envoy's own (RE2).", {
      helpValue: 'REGEX',
    }),
    'used-only': Flags.boolean({ helpGroup: 'filter', summary: 'Only statistics that were ever written.' }),
    output: outputFlag(['short', 'json', 'yaml', 'prom', 'prom-merged', 'jsonpath='], 'short'),
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StatsCommand);
    const { type, output } = flags;
    const query = { name: flags.name ?? '', filter: flags.filter ?? '', usedOnly: flags['used-only'] };
    checkQuery(type, output, query);
    const wanted = { flags, target: args.target, noun: NOUN };
    const status = await answerEach(wanted, output, this.streams, async (proxy) => {
      const found = type === 'server' ? await this.#server(proxy, query, output) : await clusters(proxy, query, output);
      return typeof found === 'string' ? { text: found } : { value: found };
    });
    if (status !== 0) this.exit(status);
  }

  async #server(proxy: ProxySource, query: StatsQuery, output: string): Promise<string | object> {
    const ask = async (path: string): Promise<string> => await askEnvoy(proxy, NOUN, 'GET', path);
    if (output === 'short') return await ask(statsPath(query, 'text'));
    if (output.startsWith('prom')) {
      if (output === 'prom-merged') {
        this.note(
          `${titleOf(proxy)}: Envoy's admin port has Envoy's own metrics; those of the application are merged at port 15020.`,
        );
      }
      return filterProm(await ask(statsPath(query, 'prom')), query.name);
    }
    return jsonAnswer(proxy, await ask(statsPath(query, 'json')));
  }
}

/** What Envoy answered as JSON, its numbers as they stand there. Throws InputError where it is no JSON object. */
function jsonAnswer(proxy: ProxySource, text: string): object {
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch {
    throw new InputError(`${proxy.label} answered /stats?format=json with something else than JSON`, {
      hint: 'Is it the address of an Envoy? curl -s "ADDRESS/stats?format=json" shows the answer.',
    });
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new InputError(`${proxy.label} answered /stats?format=json with JSON that is no object`);
}

/** What does not go together, found before anything is asked. */
function checkQuery(type: string, output: string, { name, filter, usedOnly }: StatsQuery): void {
  if (name !== '' && filter !== '')
    throw new UsageError('--name and --filter are two filters', { hint: 'Give one of them.' });
  if (type === 'server') return;
  if (output.startsWith('prom')) {
    throw new UsageError(`output format "${output}" not supported for cluster statistics`, {
      hint: 'Formats: short, json, yaml, jsonpath=EXPRESSION.',
    });
  }
  if (filter !== '' || usedOnly) {
    throw new UsageError(`${filter === '' ? '--used-only' : '--filter'} is for the server's statistics`, {
      hint: 'Clusters are chosen with --name.',
    });
  }
}

/** Envoy's own text where there is an Envoy; of a saved document, the lines that it makes. */
async function clusters(proxy: ProxySource, { name }: StatsQuery, output: string): Promise<string | object> {
  if (output === 'short' && proxy.admin !== undefined) {
    return filterClusterLines(await askEnvoy(proxy, NOUN, 'GET', '/clusters'), name);
  }
  const body = await proxy.clusters();
  if (body === null) {
    throw new UsageError(`${proxy.label} has no clusters document`, {
      hint: 'Give one with -f: curl -s "localhost:15000/clusters?format=json" in the pod prints it.',
    });
  }
  const found = filterClusters(await jsonOf(body), name);
  return output === 'short' ? clusterLines(found) : found;
}
