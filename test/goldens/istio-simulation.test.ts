/**
 * Requests about which Istio's own simulation is wrong, each shown by what a real Envoy 1.40 logged of that very request when it
 * had loaded that very configuration: a trace agrees with Envoy. docs/trace-fidelity.md lists them; `RECORD=1 npm run
 * test:differential -- corpora` records the log anew.
 */
import type { CheckRequest } from '../../src/lib/check/check-file';
import { compareHop } from '../differential/compare/compare';
import type { LogLine } from '../differential/rig/access-log';
import type { Answer, NumberedCall } from '../differential/rig/call';
import { traceAll } from '../differential/rig/mctl';
import { corpusFiles } from '../helpers/corpora';
import { temporaryDirectory } from '../helpers/temporary-directory';
import kept from '../fixtures/istio-simulation.json';

interface Kept {
  readonly dump: string;
  readonly call: { readonly tls: string };
  readonly request: CheckRequest;
  readonly envoy: LogLine;
  readonly answer: Answer;
}

const cases = kept as unknown as readonly Kept[];
const dumps = [...new Set(cases.map(({ dump }) => dump))];
const directory = temporaryDirectory();

afterAll(() => {
  directory.remove();
});

it.each(dumps)('%s', (dump) => {
  const own = cases.filter((one) => one.dump === dump);
  const source = ['-f', directory.write('config_dump.json', corpusFiles()[dump]!)];
  const traces = traceAll(
    source,
    own.map(({ request }) => request),
  );
  own.forEach(({ call, envoy, answer }, index) => {
    const tls = call.tls === 'plaintext' ? null : {};
    const observation = { call: { tls } as NumberedCall, answer, lines: [envoy] };
    const { compared, differences: all } = compareHop(observation, traces[index]!);
    // The recording could not resolve the names of hosts, which the dump has addresses for.
    const differences = all.filter(({ what }) => envoy.flags !== 'UH' || (what !== 'verdict' && what !== 'reason'));
    expect({ request: own[index]?.request, differences }).toEqual({ request: own[index]?.request, differences: [] });
    expect(compared).toBeGreaterThanOrEqual(4);
  });
});
