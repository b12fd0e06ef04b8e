/** What differs is the same whether sections are told by a hash or compared, and what cannot be read is no sameness. */
import { compareDumps } from '../../../src/lib/diff/compare-dumps';
import { comparisonOfReplicas } from '../../../src/lib/diff/compare-replicas';
import { DIFF_VIEWS } from '../../../src/lib/diff/resources';
import { InputError } from '../../../src/lib/errors';
import { corpusProxies } from '../../helpers/corpora';
import { configFromText } from '../../helpers/proxy-config';

const dumps = corpusProxies().flatMap(({ scenario, configDump }) =>
  configDump === null || configDump.length > 400_000 || scenario === 'quirks' ? [] : [configDump],
);

it('finds what compareDumps finds, of the same two again, and of two that are the same but for their times', async () => {
  const compare = comparisonOfReplicas();
  const later = dumps.map((text) =>
    text.replaceAll(/"last_updated": ?"[^"]*"/g, '"last_updated":"2030-01-01T00:00:00Z"'),
  );
  const read = await Promise.all([...dumps.slice(0, 2), ...later.slice(0, 2)].map((text) => configFromText(text)));
  for (let round = 0; round < 2; round += 1) {
    for (const { dump: a } of read) {
      for (const { dump: b } of read) expect(compare(a, b, DIFF_VIEWS)).toEqual(compareDumps(a, b, DIFF_VIEWS));
    }
  }
});

it('sees a change in a field of a section that stands in no list', async () => {
  const bootstrap = (id: string): string =>
    JSON.stringify({
      configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: { node: { id } } }],
    });
  const [a, b] = await Promise.all(['sidecar~1~a.b~x', 'sidecar~1~ä.b~x'].map((id) => configFromText(bootstrap(id))));
  const { views } = comparisonOfReplicas()(a!.dump, b!.dump, ['bootstrap']);
  expect(views).toMatchObject([{ view: 'bootstrap', changed: [{ fields: [{ path: 'bootstrap.node.id' }] }] }]);
});

it('refuses what compareDumps refuses, though both sides are the same', async () => {
  const broken = JSON.stringify({
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        static_clusters: [{ cluster: 'no message' }],
      },
    ],
  });
  const { dump } = await configFromText(broken);
  expect(() => compareDumps(dump, dump, ['cluster'])).toThrow(InputError);
  expect(() => comparisonOfReplicas()(dump, dump, ['cluster'])).toThrow(InputError);
});
