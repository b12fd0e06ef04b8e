/**
 * Requests about which Istio's own simulation is wrong, sent to a real Envoy that has loaded istiod's configuration: what it did
 * is the judge. `test/fixtures/istio-simulation.json` keeps the requests, the simulation's word and the log of Envoy 1.40;
 * RECORD=1 records the log anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusFiles } from '../helpers/corpora';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { compareHop } from './compare/compare';
import { replay, type SimulatedCall } from './corpora/replay';
import { describeDisagreement, Tally } from './report';
import { mostTelling } from './rig/access-log';
import { checkRequest, traceAll } from './rig/mctl';
import { describeWithEnvoy } from './rig/requirements';

interface Kept {
  readonly dump: string;
  readonly call: SimulatedCall;
  envoy: object | null;
  answer: object | null;
}

const FILE = join(__dirname, '../fixtures/istio-simulation.json');
const kept = JSON.parse(readFileSync(FILE, 'utf8')) as Kept[];
const dumps = [...new Set(kept.map(({ dump }) => dump))];
const tally = new Tally("Istio's configuration");

describeWithEnvoy("istiod's configuration in a real Envoy", () => {
  it.each(dumps)(
    '%s',
    async (dump) => {
      const cases = kept.filter((one) => one.dump === dump);
      const { observations, configDump, clusters } = await replay(
        corpusFiles()[dump]!,
        cases.map(({ call }) => call),
      );
      const files = temporaryDirectory();
      const source = ['-f', files.write('config_dump.json', configDump), '-f', files.write('clusters.json', clusters)];
      const traces = traceAll(
        source,
        observations.map(({ call }) => checkRequest(call)),
      );
      files.remove();
      const results = observations.map((observation, index) => {
        const { compared, differences } = compareHop(observation, traces[index]!);
        return { call: observation.call, compared, differences };
      });
      observations.forEach(({ lines, answer }, index) => {
        const { status, error } = answer;
        Object.assign(cases[index]!, { envoy: mostTelling(lines), answer: { status, error } });
      });
      const disagreements = results.filter(({ differences }) => differences.length > 0);
      const compared = results.reduce((sum, one) => sum + one.compared, 0);
      tally.add({ requests: cases.length, compared, disagreements });
      expect(disagreements.map(describeDisagreement).join('\n')).toBe('');
    },
    120_000,
  );

  afterAll(() => {
    tally.print();
    if (process.env['RECORD'] === '1') writeFileSync(FILE, `${JSON.stringify(kept, null, 1)}\n`);
  });
});
