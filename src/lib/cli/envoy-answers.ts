/** What only a running Envoy answers. */
import { ExitCode, UsageError } from '../errors';
import { proxyName } from '../proxy-id';
import { visibleLine } from '../render/visible';
import { textOfBody } from '../source/body';
import type { ProxySource } from '../source/source';
import { Failures } from './failures';
import { inParallel } from './in-parallel';
import { type WantedSource, withProxies } from './session';
import { isValueFormat, kindOf, valueText } from './formats';
import type { Streams, TextKind } from './streams';
import { withoutSecrets } from '../secrets/secret-text';

/** Asks an admin path, and reads the whole answer. Throws UsageError where the source is no running Envoy. */
export async function askEnvoy(
  proxy: ProxySource,
  noun: string,
  method: 'GET' | 'POST',
  path: string,
): Promise<string> {
  if (proxy.admin === undefined) {
    throw new UsageError(`${noun} asks a running Envoy, and ${proxy.label} is a saved configuration`, {
      hint: 'Name a pod of a cluster, or give the address of an Envoy with --admin.',
    });
  }
  return await textOfBody(await proxy.admin(method, path));
}

/** The name that a proxy's answer stands under. */
export function titleOf(proxy: ProxySource): string {
  return proxy.id === null ? proxy.label : proxyName(proxy.id);
}

/** istioctl's log and stats take every pod that a TYPE/NAME stands for. */
export function everyReplica(wanted: WantedSource): WantedSource {
  if (wanted.target?.includes('/') !== true) return wanted;
  return { ...wanted, flags: { ...wanted.flags, 'all-replicas': true } };
}

/** What one proxy answered: a text to print, or a value for `json`, `yaml` and `jsonpath=`. */
export type EnvoyAnswer = { readonly text: string } | { readonly value: object };

/**
 * Asks each proxy and prints the answers; gives the exit status. Of several, JSON and YAML are one document by name, other
 * formats come one after the other, and one that fails does not lose the others.
 */
export async function answerEach(
  wanted: WantedSource,
  format: string,
  streams: Streams,
  ask: (proxy: ProxySource) => Promise<EnvoyAnswer>,
): Promise<number> {
  return await withProxies(everyReplica(wanted), streams, async (proxies) => {
    const [only] = proxies;
    const { concurrency } = wanted.flags;
    if (proxies.length !== 1 || only === undefined) {
      return await answerAll(proxies, { format, concurrency }, streams, ask);
    }
    await streams.write(await answerText(await ask(only), format), answerKind(format));
    return ExitCode.ok;
  });
}

async function answerAll(
  proxies: readonly ProxySource[],
  { format, concurrency }: { readonly format: string; readonly concurrency: number },
  streams: Streams,
  ask: (proxy: ProxySource) => Promise<EnvoyAnswer>,
): Promise<number> {
  const isOneValue = format === 'json' || format === 'yaml';
  const values: [string, object][] = [];
  let status: number = ExitCode.ok;
  const failures = new Failures();
  for await (const [proxy, outcome] of inParallel(proxies, concurrency, ask)) {
    if ('error' in outcome) {
      // What this source can never answer, or was asked in a wrong way, is no matter of one proxy.
      if (outcome.error instanceof UsageError) throw outcome.error;
      failures.add(outcome.error, proxy);
      status = ExitCode.unavailable;
    } else if ('value' in outcome.value && isOneValue) {
      values.push([titleOf(proxy), outcome.value.value]);
    } else {
      await streams.write(`${visibleLine(titleOf(proxy))}:\n`);
      await streams.write(await answerText(outcome.value, format), answerKind(format));
    }
  }
  failures.say(streams);
  if (values.length > 0)
    await streams.write(await answerText({ value: Object.fromEntries(values) }, format), kindOf(format));
  return status;
}

/** Envoy's own text is passed on as istioctl does. */
function answerKind(format: string): TextKind {
  return format === 'short' ? 'bytes' : kindOf(format);
}

async function answerText(answer: EnvoyAnswer, format: string): Promise<string> {
  if ('text' in answer) return withoutSecrets(answer.text);
  if (!isValueFormat(format)) throw new Error(`${format} shows no value`);
  return await valueText(answer.value, format);
}
