/** Which of Envoy's loggers must speak at the level debug for a walk's steps to be seen: no others are raised. */
import type { Hop } from '../trace/model';

/** `http` has the request and its answer, `router` the cluster, `rbac` each filter's answer. */
export function neededLoggers(hops: readonly Hop[]): readonly string[] {
  const steps = hops.flatMap((hop) => hop.steps);
  const hasFilter = (word: RegExp): boolean =>
    steps.some(({ stage, name }) => stage === 'http-filter' && name !== null && word.test(name));
  const hasRouter = steps.some(({ stage }) => stage === 'cluster' || stage === 'route');
  return ['http', ...(hasRouter ? ['router'] : []), ...(hasFilter(/rbac/i) ? ['rbac'] : [])];
}
