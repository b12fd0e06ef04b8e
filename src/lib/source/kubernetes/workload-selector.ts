/** Where the API keeps workloads and Services, and which pods each selects. */
import { UnavailableError } from '../../errors';
import { field, fieldAt, listOf, textOrEmpty } from '../../json-fields';
import type { WorkloadKind } from '../target';
import { uriComponent } from '../../uri-component';

/** Kinds that select pods by labels. */
export type SelectingKind = Exclude<WorkloadKind, 'Gateway' | 'CronJob'>;

const RESOURCES: Readonly<Record<SelectingKind, readonly [api: string, resource: string]>> = {
  Deployment: ['/apis/apps/v1', 'deployments'],
  StatefulSet: ['/apis/apps/v1', 'statefulsets'],
  DaemonSet: ['/apis/apps/v1', 'daemonsets'],
  ReplicaSet: ['/apis/apps/v1', 'replicasets'],
  ReplicationController: ['/api/v1', 'replicationcontrollers'],
  Job: ['/apis/batch/v1', 'jobs'],
  Service: ['/api/v1', 'services'],
};

/** The API path of a namespace's objects of a kind. */
export function workloadsPath(kind: SelectingKind, namespace: string): string {
  const [api, resource] = RESOURCES[kind];
  return `${api}/namespaces/${uriComponent(namespace)}/${resource}`;
}

/** The label selector of an object, as a query takes it. Throws UnavailableError for one that selects nothing. */
export function podSelector(kind: SelectingKind, object: unknown, name: string): string {
  const selector = fieldAt(object, 'spec', 'selector');
  const isPlain = kind === 'Service' || kind === 'ReplicationController';
  const terms = isPlain
    ? labelTerms(selector)
    : [...labelTerms(field(selector, 'matchLabels')), ...expressions(selector)];
  if (terms.length > 0) return terms.join(',');
  throw new UnavailableError(`${kind.toLowerCase()} "${name}" has no selector, so it stands for no pods`, {
    hint: 'Name a pod, or the Deployment behind it.',
  });
}

function labelTerms(labels: unknown): readonly string[] {
  return typeof labels === 'object' && labels !== null
    ? Object.entries(labels).map(([key, value]) => `${key}=${textOrEmpty(value)}`)
    : [];
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
function expressions(selector: unknown): readonly string[] {
  return listOf(field(selector, 'matchExpressions')).map((expression) => {
    const key = textOrEmpty(field(expression, 'key'));
    const values = listOf(field(expression, 'values')).map(textOrEmpty).join(',');
    switch (textOrEmpty(field(expression, 'operator'))) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      case 'NotIn':
        return `${key} notin (${values})`;
      default:
        return `${key} in (${values})`;
    }
  });
}
