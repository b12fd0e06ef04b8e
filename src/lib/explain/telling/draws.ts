/** The words of what was drawn by lot. */
import type { Drawn } from '../../trace/facts/draws';
import { abortText } from './filters';
import { tell, type Tellings } from './tellings';

const DRAWN: Tellings<Drawn> = {
  'runtime-fraction': ({ isWithin }) => (isWithin ? 'within the runtime fraction' : 'outside the runtime fraction'),
  cluster: ({ name }) => `cluster ${name}`,
  endpoint: ({ address, more, cluster }) => {
    const like = more === 0 ? '' : ` and ${more} more like it`;
    return `endpoint ${address}${like}${cluster === null ? '' : ` of ${cluster}`}`;
  },
  'no-endpoint': ({ cluster }) => `no endpoint of ${cluster}`,
  workload: ({ name, port }) => `workload ${name}:${port}`,
  service: ({ hostname }) => `service ${hostname}`,
  'owner-of-address': ({ name, ip }) => `${ip} is ${name}`,
  waypoint: ({ name }) => `waypoint ${name}`,
  policy: ({ name }) => `policy ${name}`,
  'source-address-open': () => 'source address unknown',
  'router-answer': ({ answers, why }) => {
    const what = { 'maintenance-mode': 'maintenance mode', 'drops-overload': 'drop_overloads' }[why];
    return `${what}: ${answers ? 'refused' : 'let through'}`;
  },
  composite: ({ isEnabled }) => (isEnabled ? 'composite: enabled' : 'composite: not enabled'),
  csrf: ({ isEnabled }) => (isEnabled ? 'csrf: enabled' : 'csrf: not enabled'),
  fault: ({ abort }) => (abort === null ? 'fault: not aborted' : `fault: aborted with ${abortText(abort)}`),
};

/** What was decided otherwise than on the main walk. */
export function drawsText(drawn: readonly Drawn[]): string {
  return drawn.map((one) => tell(DRAWN, one)).join(', ');
}
