/** Answers that hold resources and no section, and one of an Envoy without clusters. */
import { scanDump } from '../../../src/lib/scan/scan';
import { chunksOf } from '../../helpers/pieces';

const chunks = (text: string): AsyncIterable<Uint8Array> => chunksOf(Buffer.from(text), 7);

const type = (name: string): object => ({ '@type': `type.googleapis.com/${name}`, name: 'x' });

test('an answer of /config_dump?resource= is refused, whatever is asked of it', async () => {
  const bare = JSON.stringify({ configs: [type('envoy.admin.v3.ListenersConfigDump.DynamicListener')] });
  for (const sections of ['all', ['ClustersConfigDump'], []] as const) {
    await expect(scanDump('a.json', chunks(bare), { sections })).rejects.toThrow(/a\.json holds resources without/);
  }
  const whole = JSON.stringify({ configs: [type('a.Other'), type('envoy.admin.v3.ListenersConfigDump')] });
  expect(await scanDump('a.json', chunks(whole), { sections: [] })).toMatchObject({ kind: 'config_dump' });
  expect(await scanDump('a.json', chunks('{"configs":[]}'), { sections: 'all' })).toMatchObject({ sections: [] });
});

test('an empty object is a clusters document where one is asked for, and nothing elsewhere', async () => {
  const read = await scanDump('c.json', chunks('{}'), { sections: [], emptyIs: 'clusters' });
  expect(read).toMatchObject({ kind: 'clusters', clusterStatuses: { length: 0 } });
  await expect(scanDump('c.json', chunks('{}'), { sections: 'all' })).rejects.toThrow('c.json');
  await expect(scanDump('c.json', chunks('{"a":1}'), { sections: [], emptyIs: 'clusters' })).rejects.toThrow('c.json');
});
