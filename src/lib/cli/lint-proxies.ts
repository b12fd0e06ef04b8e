/** Lint of several proxies: one that cannot be read loses no other. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { linted } from '../lint/linted';
import { lintOfReplicas } from '../lint/lint-replicas';
import type { ProxyFinding } from '../lint/lint-view';
import { proxyName } from '../proxy-id';
import { loadProxyConfig } from '../session/load';
import type { ProxySource } from '../source/source';
import { Failures } from './failures';
import { inParallel } from './in-parallel';
import { Progress } from './progress';
import type { Streams } from './streams';
import { collectGarbageSooner } from './thrift';

export interface LintedProxies {
  readonly findings: readonly ProxyFinding[];
  /** What of a configuration is too large to be looked over, each once. */
  readonly left: ReadonlySet<string>;
  /** Whether one of several could not be read, which was said. */
  readonly hasFailed: boolean;
}

/**
 * Looks over proxies, those of a cluster several at once. Throws what reading throws where there is one alone.
 * @param concurrency how many of a running mesh are asked at once
 */
export async function lintProxies(
  proxies: readonly ProxySource[],
  concurrency: number,
  streams: Streams,
): Promise<LintedProxies> {
  collectGarbageSooner();
  const findings: ProxyFinding[] = [];
  const left = new Set<string>();
  const lintOnce = proxies.length > 1 ? lintOfReplicas() : linted;
  const progress = new Progress(streams, 'proxies');
  const failures = new Failures();
  let [done, failed] = [0, 0];
  const look = async (source: ProxySource): Promise<readonly ProxyFinding[]> => {
    const config = await loadProxyConfig(source);
    const { findings: found, notExamined } = lintOnce(config);
    for (const what of notExamined) left.add(what);
    return found.map((finding) => ({ proxy: nameOf(config), ...finding }));
  };
  // Of files there is nothing to wait for, and one is enough to be held.
  const bound = proxies.some((proxy) => proxy.admin !== undefined) ? concurrency : 1;
  try {
    for await (const [source, outcome] of inParallel(proxies, bound, look)) {
      done += 1;
      if (proxies.length > 1) progress.update(done, proxies.length, source.label);
      if ('value' in outcome) for (const one of outcome.value) findings.push(one);
      else if (proxies.length === 1) throw outcome.error;
      else {
        failed += 1;
        failures.add(outcome.error, source);
      }
    }
  } finally {
    progress.clear();
  }
  failures.say(streams);
  return { findings, left, hasFailed: failed > 0 };
}

function nameOf({ id }: ProxyConfig): string | null {
  return id === null ? null : proxyName(id);
}
