/**
 * What the router answers itself before it looks for a host of the cluster: headers that it checks strictly, the cluster's
 * maintenance mode, and the share of the requests that its endpoints ask to be dropped, in this order.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/router/v3/router.proto (strict_check_headers)
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_runtime (upstream.maintenance_mode)
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/endpoint.proto (drop_overloads)
 */
import type { Cluster } from '../../envoy/cluster';
import type { HttpConnectionManager } from '../../envoy/listener';
import { type HttpMessage, joinedHeader } from '../../http/message';
import { wholeNumber } from '../../http/whole-number';
import { runtimeOf } from '../../match/runtime';
import { isUnknown, type Ternary } from '../../match/ternary';
import type { ClusterCause, ClusterSetting } from '../facts/upstream';
import type { HopContext } from '../hop/context';
import { type EndingBy, ending } from '../hop/ending';
import { localReply } from '../hop/local-reply';
import { droppedShare } from '../upstream/hosts';
import { isRetryList } from './retries';
import { routerOf } from './router';

/** The router's answer; null where it goes on. */
export type RouterAnswer = EndingBy<ClusterCause> | null;

/**
 * @param message as the filters left it
 * @returns the answer, and for a cluster that answers a part of the requests so, that it does
 */
export function routerAnswer(
  { manager, context }: { readonly manager: HttpConnectionManager; readonly context: HopContext },
  cluster: Cluster,
  message: HttpMessage,
): { readonly answer: RouterAnswer; readonly details: readonly ClusterSetting[] } {
  const strict = strictRefusal(manager, message);
  if (strict !== null) return { answer: strict, details: [] };
  const details: ClusterSetting[] = [];
  for (const refusal of clusterRefusals(context, cluster)) {
    const { kind, share } = refusal;
    if (share <= 0) continue;
    if (isDrawn(context, refusal)) {
      const responseFlags = kind === 'maintenance-mode' ? 'UO' : share < 1 ? 'DO' : 'UDO';
      return { answer: localReply(message, ['failed', 'local-reply'], 503, refusal, { responseFlags }), details };
    }
    details.push(refusal);
  }
  return { answer: null, details };
}

type ClusterRefusal = Extract<ClusterCause, { kind: 'maintenance-mode' | 'drops-overload' }>;

/** Of an aggregate only its own count: the clusters that it is made of are not asked. A fraction sets no maintenance mode. */
function clusterRefusals({ config }: HopContext, cluster: Cluster): readonly ClusterRefusal[] {
  const percent = runtimeOf(config).number(`upstream.maintenance_mode.${cluster.name ?? ''}`, 0);
  return [
    { kind: 'maintenance-mode', share: isUnknown(percent) ? 0 : Math.min(1, percent / 100) },
    { kind: 'drops-overload', share: droppedShare(config, cluster) },
  ];
}

function isDrawn({ decisions }: HopContext, refusal: ClusterRefusal): boolean {
  if (refusal.share >= 1) return true;
  const drawn = [
    { of: { kind: 'router-answer', answers: true, why: refusal.kind }, share: refusal.share },
    { of: { kind: 'router-answer', answers: false, why: refusal.kind }, share: 1 - refusal.share },
  ] as const;
  return decisions.draw(drawn) === 0;
}

function strictRefusal(manager: HttpConnectionManager, message: HttpMessage): RouterAnswer {
  for (const header of routerOf(manager).strict_check_headers ?? []) {
    const isRight = isReadable(header, message);
    if (isUnknown(isRight)) {
      return ending('unknown', 'unknown-input', { kind: 'strict-header-open', header, input: isRight.unknown });
    }
    if (isRight) continue;
    return localReply(
      message,
      ['failed', 'local-reply'],
      400,
      { kind: 'strict-header', header },
      { responseFlags: 'IH' },
    );
  }
  return null;
}

/** A header that is not there is right. */
function isReadable(header: string, message: HttpMessage): Ternary {
  const value = joinedHeader(message, header);
  if (value === null) return true;
  if (isUnknown(value)) return value;
  return isRetryList(header, value) ?? wholeNumber(value) !== null;
}
