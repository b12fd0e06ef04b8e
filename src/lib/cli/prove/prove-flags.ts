/** Flags of `--prove`. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors';
import { durationFlag } from '../flags';
import { parsePair } from '../trace/trace-flags';

const PROVE = 'prove';
const DEFAULT_TIMEOUT_MS = 10_000;

export const proveFlags = {
  prove: Flags.boolean({
    helpGroup: PROVE,
    summary:
      'Send the request for real and hold every step against what Envoy then says; --prove=20 sends it 20 times, for shares.',
  }),
  yes: Flags.boolean({
    helpGroup: PROVE,
    summary: 'Send it even where its method may change something: all but GET, HEAD and OPTIONS.',
  }),
  'prove-container': Flags.string({
    helpGroup: PROVE,
    helpValue: 'NAME',
    summary: "The container that sends it; otherwise the application's first.",
  }),
  'prove-command': Flags.string({
    helpGroup: PROVE,
    helpValue: 'COMMAND',
    summary: "What sends it in place of what is found there; it is given curl's options.",
  }),
  'prove-admin': Flags.string({
    multiple: true,
    helpGroup: PROVE,
    helpValue: '[POD.NAMESPACE=]URL',
    summary: 'The admin address of a running Envoy that can be reached from here; mctl then sends the request itself.',
  }),
  'prove-log': Flags.string({
    multiple: true,
    helpGroup: PROVE,
    helpValue: '[POD.NAMESPACE=]FILE',
    summary: 'Where such an Envoy writes its log, or an access log; repeat it for several.',
  }),
  'prove-timeout': durationFlag({ helpGroup: PROVE, summary: 'How long an answer may take (10s).' }),
};

export interface ProveFlags {
  readonly prove?: boolean | string | undefined;
  readonly yes?: boolean | undefined;
  readonly 'prove-container'?: string | undefined;
  readonly 'prove-command'?: string | undefined;
  readonly 'prove-admin'?: readonly string[] | undefined;
  readonly 'prove-log'?: readonly string[] | undefined;
  readonly 'prove-timeout'?: number | undefined;
}

/** How often the request is sent: 0 where it is not to be. Throws UsageError for flags of it without it. */
export function timesToSend(flags: ProveFlags): number {
  const { prove = false } = flags;
  if (prove !== false) return prove === true ? 1 : Number(prove);
  const own = ['yes', 'prove-container', 'prove-command', 'prove-admin', 'prove-log', 'prove-timeout'] as const;
  const given = own.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (given === undefined) return 0;
  throw new UsageError(`--${given} needs --prove`, { hint: 'Without --prove nothing is sent.' });
}

/** How long an answer is waited for, in milliseconds. */
export function answerWithinMs(flags: ProveFlags): number {
  return flags['prove-timeout'] ?? DEFAULT_TIMEOUT_MS;
}

/** `POD.NAMESPACE=VALUE` by name; what has no name is the proxy's where the walk begins: ''. */
export function byProxy(texts: readonly string[], flag: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const text of texts) {
    const isNamed = /^[a-z0-9][a-z0-9.-]{0,320}=/.test(text);
    const [name, value] = isNamed ? parsePair(text, flag) : ['', text];
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}
