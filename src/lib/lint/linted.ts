/** What lint found, and what it did not look at. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Finding } from './finding';
import { lint } from './lint';
import { chainsNotCompared } from './listeners';
import { chainsNotExamined } from './unreachable-chains';
import { routesNotExamined } from './shadowed-routes';
import { policiesNotExamined } from './unreachable-policies';

export interface Linted {
  readonly findings: readonly Finding[];
  /** What of the configuration was too much to be looked at, each in a sentence. */
  readonly notExamined: readonly string[];
}

/** Looks a configuration over. Throws what lint throws. */
export function linted(config: ProxyConfig): Linted {
  return {
    findings: lint(config),
    notExamined: [
      ...chainsNotCompared(config),
      ...chainsNotExamined(config),
      ...routesNotExamined(config),
      ...policiesNotExamined(config),
    ],
  };
}
