/** Settings that a short tree tells: those that are not what istiod writes where nobody says otherwise. */
import type { ClusterSetting } from '../../trace/facts/upstream';
import type { Step } from '../../trace/model';
import { factsOf } from '../step-facts';
import { type LabelledText, labelled } from '../telling/labels';
import { MANAGER_SETTINGS } from '../telling/manager';
import { ROUTE_SETTINGS } from '../telling/routing';
import { CLUSTER_SETTINGS, ENDPOINT_SETTINGS } from '../telling/upstream';

/** Of a route: time-outs, retries, rewrites, mirrors that somebody set. */
export function routeSettings(step: Step): readonly LabelledText[] {
  const settings = factsOf(step, 'route')?.details ?? [];
  return settings.flatMap((setting) =>
    'isDefault' in setting && setting.isDefault ? [] : [labelled(ROUTE_SETTINGS, setting)],
  );
}

/** Their values are many. */
const NAMED_ALONE: ReadonlySet<ClusterSetting['kind']> = new Set([
  'circuit-breaker',
  'outlier-detection',
  'active-health-checks',
]);

/** Of a cluster: what it has set, by name where the values are many. */
export function clusterSettings(step: Step): readonly string[] {
  const settings = factsOf(step, 'cluster')?.details ?? [];
  return settings.flatMap((setting) => {
    const [label, text] = labelled(CLUSTER_SETTINGS, setting);
    if (NAMED_ALONE.has(setting.kind)) return [label];
    if (setting.kind === 'balancer') return setting.isUsual ? [] : [text];
    return setting.kind === 'discovery-type' || setting.kind === 'connect-timeout' ? [] : [`${label} ${text}`];
  });
}

/** Of an endpoint: what is wrong with it, and the authority that it is sent where that hangs on it. */
export function endpointSettings(step: Step): readonly LabelledText[] {
  const settings = factsOf(step, 'endpoint')?.details ?? [];
  return settings.flatMap((setting) =>
    setting.kind === 'balancing-note' ? [] : [labelled(ENDPOINT_SETTINGS, setting)],
  );
}

/**
 * Of the HTTP connection manager: what it changes of the request it admits, and else the share of requests that are traced where
 * somebody set it. That X-Forwarded-For says the client's address is a remark.
 */
export function managerSettings(step: Step): readonly LabelledText[] {
  const settings = factsOf(step, 'http-connection-manager')?.details ?? [];
  if (step.outcome === 'passed') {
    return settings.flatMap((setting) =>
      setting.kind === 'client-address' ? [] : [labelled(MANAGER_SETTINGS, setting)],
    );
  }
  return settings.flatMap((setting) =>
    setting.kind === 'traced-requests' && !setting.isDefault ? [labelled(MANAGER_SETTINGS, setting)] : [],
  );
}
