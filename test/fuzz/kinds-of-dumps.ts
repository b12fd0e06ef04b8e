/** Changed dumps of Envoys and ztunnels, and every command that reads one. */
import { changedTwice } from './mutate-text';
import { clusters, dumps, type Input, logLines, ztunnelDumps } from './inputs';
import {
  changedDocument,
  FORMATS,
  type Kind,
  REACH_FORMATS,
  REPLAY_FORMATS,
  TRACE_FORMATS,
  VALUE_FORMATS,
} from './kind';
import type { Place } from './place';
import type { Random } from './random';

type Words = readonly string[];

const VIEWS: readonly (readonly [view: string, variants: readonly Words[]])[] = [
  ['listener', [[], ['--port', '9080'], ['--type', 'HTTP'], ['--direction', 'inbound'], ['--address', '0.0.0.0']]],
  ['route', [[], ['--name', '9080'], ['--fqdn', 'reviews.bookinfo.svc.cluster.local'], ['--verbose=false']]],
  ['cluster', [[], ['--fqdn', 'reviews.bookinfo.svc.cluster.local'], ['--direction', 'outbound'], ['--port', '9080']]],
  ['endpoint', [[], ['--status', 'healthy'], ['--cluster', 'outbound|9080||reviews.bookinfo.svc.cluster.local']]],
  ['eds', [[]]],
  ['ecds', [[]]],
  ['secret', [[]]],
  ['bootstrap', [[]]],
  ['all', [[]]],
];
const OF_SOME: ReadonlySet<string> = new Set(['all', 'bootstrap']);
const TRACE_SETS: readonly Words[] = [[], [], ['-v'], ['--explain'], ['--all-branches'], ['--one-hop']];
const ZTUNNEL_VIEWS = ['workload', 'service', 'policy', 'certificate', 'connections', 'all'] as const;
const REPORTS = ['pretty', 'tap', 'junit', 'json', 'yaml'] as const;
const REACH = [
  ['--where', 'host=reviews'],
  ['--where', 'path=/reviews*', '--one-hop'],
  ['--to', 'outside'],
  ['--verdict', 'denied,failed'],
  ['--where', 'header:end-user'],
];
const TERMS = ['virtualInbound', 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local', 'UH', '9080'];

export const DUMP_KINDS: readonly Kind[] = [
  {
    name: 'a dump in a view',
    weight: 30,
    prepare: (random) => {
      const { words, ...prepared } = changed(random, dumps());
      return { ...prepared, argv: [...viewOf(random), ...words] };
    },
  },
  {
    name: 'a dump in a trace',
    weight: 25,
    prepare: (random) => {
      const { words, input, ...prepared } = changed(random, dumps());
      return { ...prepared, input, argv: [...traceOf(random, inputOf(input)), ...words] };
    },
  },
  {
    name: 'a dump in a command that reads the whole',
    weight: 22,
    prepare: (random, place) => {
      const { stdin, input, changes } = changed(random, dumps());
      const path = place.put(place.at('input.json'), stdin);
      return { input, changes, usage: true, argv: wholeOf(random, path, place, inputOf(input)) };
    },
  },
  {
    name: 'a dump in reach',
    weight: 1,
    prepare: (random) => {
      const { words, ...prepared } = changed(random, dumps());
      const argv = ['reach', ...random.of(REACH), '--max-classes', '40', '-o', random.of(REACH_FORMATS), ...words];
      return { ...prepared, argv, usage: true };
    },
  },
  {
    name: 'a dump whose text is broken',
    weight: 5,
    prepare: (random) => {
      const input = random.of(dumps());
      const [stdin, changes] = changedTwice(input.text, random);
      const argv = random.below(2) === 0 ? viewOf(random) : traceOf(random, input);
      return { input: input.name, changes, stdin, argv: [...argv, '-f', '-'] };
    },
  },
  {
    name: '/clusters',
    weight: 5,
    prepare: (random, place) => {
      const { stdin, words, ...prepared } = changed(random, clusters());
      const beside = random.below(2) === 0 ? [] : ['-f', original(place)];
      const argv = random.of<Words>([
        ['pc', 'endpoint', '-o', random.of(FORMATS)],
        ['pc', 'stats', '--type', 'cluster', '-o', random.of(VALUE_FORMATS)],
        viewOf(random),
        ['lint', '-o', random.of(FORMATS)],
      ]);
      return { ...prepared, stdin, usage: true, argv: [...argv, ...words, ...beside] };
    },
  },
  {
    name: "a ztunnel's dump",
    weight: 12,
    prepare: (random, place) => {
      const { stdin, words, input, changes } = changed(random, ztunnelDumps());
      const path = place.put(place.at('ztunnel.json'), stdin);
      const argv = ztunnelOf(random, path, words, place);
      return { input, changes, stdin, usage: true, argv };
    },
  },
  {
    name: "a ztunnel's dump whose text is broken",
    weight: 2,
    prepare: (random) => {
      const input = random.of(ztunnelDumps());
      const [stdin, changes] = changedTwice(input.text, random);
      return { input: input.name, changes, stdin, usage: true, argv: [...zcOf(random), '-f', '-'] };
    },
  },
];

/** A dump that nothing was done to. */
function original(place: Place): string {
  return place.put(place.at('original.json'), dumps()[0]?.text ?? '');
}

function inputOf(name: string): Input {
  const found = dumps().find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no input ${name}`);
  return found;
}

/** One of these documents, changed, on standard input. */
function changed(
  random: Random,
  inputs: readonly Input[],
): { readonly input: string; readonly changes: Words; readonly stdin: string; readonly words: Words } {
  const input = random.of(inputs);
  const [stdin, changes] = changedDocument(input, random);
  return { input: input.name, changes, stdin, words: ['-f', '-'] };
}

function viewOf(random: Random): Words {
  const [view, variants] = random.of(VIEWS);
  const formats = OF_SOME.has(view) ? VALUE_FORMATS : FORMATS;
  return ['pc', view, ...random.of(variants), '-o', random.of<string>(formats)];
}

export function traceOf(random: Random, { traces }: Pick<Input, 'traces'>): Words {
  return ['pc', 'trace', ...random.of(traces), ...random.of(TRACE_SETS), '-o', random.of(TRACE_FORMATS)];
}

/** The commands that read the whole of a dump, in each of their formats. */
function wholeOf(random: Random, path: string, place: Place, input: Input): Words {
  const format = (formats: readonly string[]): Words => ['-o', random.of(formats)];
  const log = (): string => place.put(place.at('access.log'), `${random.of(logLines())}\n${random.of(logLines())}\n`);
  const choices: readonly (() => Words)[] = [
    () => ['lint', ...format(FORMATS), '-f', path],
    () => ['proxy-status', ...format(FORMATS), '-f', path],
    () => ['diff', original(place), path, ...format(['short', 'wide', 'json', 'yaml'])],
    () => ['diff', path, original(place), '--requests', place.put(place.at('checks.yaml'), CHECKS)],
    () => ['check', place.put(place.at('checks.yaml'), CHECKS), '-f', path, ...format(REPORTS)],
    () => ['check', '--generate', '-f', path],
    () => ['capture', place.free, '-f', path],
    () => ['capture', place.free, '--redact', '-f', path],
    () => ['pc', 'rootca-compare', path, original(place), ...format(['short', 'wide', 'json', 'yaml'])],
    () => ['pc', 'rootca-compare', original(place), path],
    () => ['replay', log(), '-f', path, ...format(REPLAY_FORMATS)],
    () => ['explain', random.of(logLines()), '-f', path, ...format(['text', 'json', 'yaml'])],
    () => ['explain', random.of(TERMS), '-f', path],
    () => ['__complete', '--', 'pc', 'listener', '-f', path, random.of(['', '-', '--port', 'x'])],
    () => ['pc', 'trace', ...format(TRACE_FORMATS), '-f', path, '--', 'curl', ...curlOf(random, input)],
  ];
  return random.of(choices)();
}

/** The same request as a curl command. */
function curlOf(random: Random, { traces }: Input): Words {
  const url = random.of(traces)[0] ?? '';
  return ['-s', '-H', 'end-user: luffy', '-d', 'a=b', url.replace(/^(?:grpc|tcp|tls):/, 'http:')];
}

function zcOf(random: Random): Words {
  const view = random.of(ZTUNNEL_VIEWS);
  return ['zc', view, '-o', random.of<string>(view === 'all' ? VALUE_FORMATS : FORMATS)];
}

function ztunnelOf(random: Random, path: string, words: Words, place: Place): Words {
  const choices: readonly (() => Words)[] = [
    () => ['lint', '-f', path],
    () => ['diff', path, place.put(place.at('other.json'), ztunnelDumps()[0]?.text ?? '')],
    () => ['proxy-status', '-f', path],
    () => ['capture', place.free, '-f', path],
    () => ['pc', 'listener', '-f', path],
    () => [
      'pc',
      'trace',
      'productpage-v1-6b746f74dc-9stvs.bookinfo',
      'http://reviews:9080/',
      '-f',
      path,
      '-o',
      random.of(TRACE_FORMATS),
    ],
  ];
  return random.below(4) > 0 ? [...zcOf(random), ...words] : random.of(choices)();
}

export const CHECKS = `checks:
  - name: one
    request: {url: "http://reviews:9080/reviews/0", headers: {end-user: luffy}}
    expect: {verdict: delivered}
  - name: two
    request: {url: "http://echo.shop:80/q?a=b"}
    expect: {verdict: delivered}
    allBranches: true
  - {name: three, view: cluster, filter: {port: 9080}, expect: {count: 3, jsonpath: {"$[0].name": x}}}
`;
