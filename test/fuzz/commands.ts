/** Every command with every format, as argument lists in which the input stands last. */
import All from '../../src/commands/proxy-config/all';
import Bootstrap from '../../src/commands/proxy-config/bootstrap';
import Cluster from '../../src/commands/proxy-config/cluster';
import Ecds from '../../src/commands/proxy-config/ecds';
import Eds from '../../src/commands/proxy-config/eds';
import Endpoint from '../../src/commands/proxy-config/endpoint';
import Listener from '../../src/commands/proxy-config/listener';
import Route from '../../src/commands/proxy-config/route';
import Secret from '../../src/commands/proxy-config/secret';
import Trace from '../../src/commands/proxy-config/trace';
import Capture from '../../src/commands/capture';
import Check from '../../src/commands/check';
import Diff from '../../src/commands/diff';
import Lint from '../../src/commands/lint';
import ProxyStatus from '../../src/commands/proxy-status';
import type { runCommand } from '../helpers/run-command';
import type { Input } from './inputs';
import type { Random } from './random';

type CommandClass = Parameters<typeof runCommand>[0];

export interface Call {
  readonly command: CommandClass;
  readonly argv: readonly string[];
}

/** What a call may name. */
export interface Places {
  /** A dump that nothing was done to. */
  readonly original: string;
  /** A directory that is not there. */
  readonly free: string;
  /** The input as a file, for what reads it more than once. */
  readonly input: string;
  /** A file of checks. */
  readonly checks: string;
}

const FORMATS = ['short', 'table', 'wide', 'json', 'yaml', 'name', 'jsonpath={..name}', 'jsonpath={[*]}'];
/** Of views that are no table. */
const OF_SOME = ['short', 'json', 'yaml', 'jsonpath={..name}'];
const REPORTS = ['pretty', 'tap', 'junit', 'json', 'yaml'];
const TRACE_FORMATS = ['tree', 'table', 'json', 'yaml', 'mermaid', 'dot', 'html'];

const VIEWS: readonly (readonly [CommandClass, readonly (readonly string[])[]])[] = [
  [Listener, [[], ['--port', '9080'], ['--type', 'HTTP'], ['--direction', 'inbound'], ['--address', '0.0.0.0']]],
  [Route, [[], ['--name', '9080'], ['--fqdn', 'reviews.bookinfo.svc.cluster.local']]],
  [Cluster, [[], ['--fqdn', 'reviews.bookinfo.svc.cluster.local'], ['--direction', 'outbound'], ['--port', '9080']]],
  [Endpoint, [[], ['--status', 'healthy'], ['--cluster', 'outbound|9080||reviews.bookinfo.svc.cluster.local']]],
  [Eds, [[]]],
  [Ecds, [[]]],
  [Secret, [[]]],
  [Bootstrap, [[]]],
  [All, [[]]],
];

const SETS: readonly (readonly string[])[] = [[], [], ['--explain'], ['--all-branches'], ['--one-hop']];

function formatsOf(command: CommandClass): readonly string[] {
  return command === All || command === Bootstrap ? OF_SOME : FORMATS;
}

/** Every view of the input in each of its formats, unfiltered. */
export function viewCalls(source: readonly string[]): readonly Call[] {
  return VIEWS.flatMap(([command]) =>
    formatsOf(command).map((format) => ({ command, argv: ['-o', format, ...source] })),
  );
}

/** A view of the input in one of its formats. */
export function viewCall(random: Random, source: readonly string[]): Call {
  const [command, variants] = random.of(VIEWS);
  return { command, argv: [...random.of(variants), '-o', random.of(formatsOf(command)), ...source] };
}

export function traceCall(random: Random, { traces }: Input, source: readonly string[]): Call {
  return {
    command: Trace,
    argv: [...random.of(traces), ...random.of(SETS), '-o', random.of(TRACE_FORMATS), ...source],
  };
}

/** The commands that read the whole of a dump, in each of their formats. */
export function wholeCalls({ original, input, free, checks }: Places): readonly Call[] {
  const each = (command: CommandClass, formats: readonly string[], argv: readonly string[]): readonly Call[] =>
    formats.map((format) => ({ command, argv: [...argv, '-o', format] }));
  return [
    ...each(Lint, FORMATS, ['-f', input]),
    ...each(ProxyStatus, FORMATS, ['-f', input]),
    ...each(Diff, ['short', 'wide', 'json', 'yaml'], [original, input]),
    ...each(Diff, ['short'], [input, original]),
    ...each(Check, REPORTS, [checks, '-f', input]),
    { command: Check, argv: ['--generate', '-f', input] },
    { command: Capture, argv: [free, '-f', input] },
    { command: Capture, argv: [free, '--redact', '-f', input] },
  ];
}
