/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto (Tracing) */
import { toldStep } from '../../../src/lib/explain/telling/tell-trace';
import { managerSettings } from '../../../src/lib/explain/short/settings';
import { telemetrySteps } from '../../../src/lib/trace/filters/telemetry';

it.each<[object | undefined, readonly string[]]>([
  [undefined, []],
  [{ random_sampling: { value: 1 } }, []],
  [{}, []],
  [{ random_sampling: {} }, ['0%']],
  [{ random_sampling: { value: 50 } }, ['50%']],
  [{ random_sampling: { value: 50 }, overall_sampling: { value: 10 } }, ['10%']],
])('tracing %j: %j', (tracing, told) => {
  const steps = telemetrySteps({ tracing } as never, '/m');
  expect(steps.flatMap((step) => managerSettings(toldStep(step))).map(([, text]) => text)).toEqual(told);
});
