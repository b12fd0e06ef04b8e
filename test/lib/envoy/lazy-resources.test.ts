/** Of a dump that is kept whole with briefs, a resource is parsed when it is looked at, and not before. */
import { ConfigDump, FIELDS_OF_ENTRY } from '../../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { InputError } from '../../../src/lib/errors';
import { scanDump } from '../../../src/lib/scan/scan';
import { chunksOf } from '../../helpers/pieces';

const CLUSTERS = [
  { version_info: '1', cluster: { name: 'a', type: 'EDS' }, last_updated: '2026-01-01T00:00:00Z' },
  { cluster: { name: 'b', filters: ['BROKEN'] } },
  { name: 'c', error_state: { details: 'no such type' } },
  { version_info: '2', cluster: { name: 'a', type: 'STATIC' } },
];

async function dumpOf(clusters: readonly object[]): Promise<ConfigDump> {
  const type = 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump';
  const text = JSON.stringify({ configs: [{ '@type': type, dynamic_active_clusters: clusters }] });
  const raw = await scanDump('a test', chunksOf(Buffer.from(text.replace('"BROKEN"', '01')), 100), {
    sections: 'all',
    only: { fields: FIELDS_OF_ENTRY, keepAs: 'whole with brief' },
  });
  if (raw.kind !== 'config_dump') throw new Error('no config_dump');
  return new ConfigDump(raw);
}

it('entries say what they are without being parsed', async () => {
  const { clusters } = await dumpOf(CLUSTERS);
  expect(clusters.map(({ name, state, isPresent }) => [name, state, isPresent])).toEqual([
    ['a', 'active', true],
    ['b', 'active', true],
    ['c', 'error', false],
    ['a', 'active', true],
  ]);
  expect(clusters.filter(({ name }) => name === 'a').map((one) => [one.versionInfo, one.lastUpdated])).toEqual([
    ['1', '2026-01-01T00:00:00Z'],
    ['2', null],
  ]);
  expect(clusters[0]?.resource).toEqual({ name: 'a', type: 'EDS' });
  expect(clusters[0]?.resource).toBe(clusters[0]?.resource);
  expect(clusters[2]?.resource).toBeNull();
  expect(() => clusters[1]?.resource).toThrow(InputError);
});

it('an index by name looks into what is asked for alone', async () => {
  const config = new ProxyConfig(await dumpOf(CLUSTERS), null, null);
  expect(config.cluster('a')?.resource?.type).toBe('EDS');
  expect(config.cluster('c')).toBeNull();
  expect(config.cluster('none')).toBeNull();
  expect(() => config.cluster('b')?.resource).toThrow('cannot stand there');
});
