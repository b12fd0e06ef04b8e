/**
 * A host's health as the load balancer counts it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/clusters.proto#admin-v3-hosthealthstatus
 */
import type { HealthStatus, HostStatus } from '../../envoy/endpoint';
import type { HealthFault } from '../facts/upstream';
import type { Host } from './host';

type Health = Pick<Host, 'health' | 'class' | 'faults' | 'excluded'>;

const CLASS: Readonly<Record<HealthStatus, Host['class']>> = {
  UNKNOWN: 'healthy',
  HEALTHY: 'healthy',
  DEGRADED: 'degraded',
  UNHEALTHY: 'unhealthy',
  DRAINING: 'unhealthy',
  TIMEOUT: 'unhealthy',
};

/**
 * Health as EDS assigns it: what it does not know counts as healthy; a draining host is not counted among those of which
 * a part is available, though panic uses it.
 */
export function assignedHealth(status: HealthStatus | undefined): Health {
  const health = status === undefined || status === 'UNKNOWN' ? 'HEALTHY' : status;
  return { health, class: CLASS[health], faults: [], excluded: health === 'DRAINING' };
}

/** Health as /clusters reports it: what EDS assigned, worsened by health checks and outlier detection. */
export function reportedHealth(status: NonNullable<HostStatus['health_status']>): Health {
  const assigned = assignedHealth(status.eds_health_status);
  const excluded =
    assigned.excluded || status.pending_active_hc === true || status.excluded_via_immediate_hc_fail === true;
  if (assigned.class === 'unhealthy') return { ...assigned, excluded };
  const faults = faultsOf(status);
  if (faults.length > 0) return { health: 'UNHEALTHY', class: 'unhealthy', faults, excluded };
  if (status.failed_active_degraded_check === true) {
    return { health: 'DEGRADED', class: 'degraded', faults: ['health-check-degraded'], excluded };
  }
  return { ...assigned, excluded };
}

function faultsOf(status: NonNullable<HostStatus['health_status']>): readonly HealthFault[] {
  const faults: HealthFault[] = [];
  if (status.failed_active_health_check === true) {
    faults.push(status.active_hc_timeout === true ? 'health-check-timed-out' : 'health-check-failed');
  }
  if (status.failed_outlier_check === true) faults.push('ejected');
  return faults;
}
