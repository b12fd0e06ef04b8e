import { ConfigDump } from '../../../src/lib/envoy/config-dump';
import { pieceAt } from '../../../src/lib/envoy/dump-pointer';
import { scanDump } from '../../../src/lib/scan/scan';
import { chunksOf } from '../../helpers/pieces';

const LISTENERS = {
  '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
  version_info: 'v1',
  dynamic_listeners: [
    { name: 'a', active_state: { listener: { name: 'a', filter_chains: [{ name: 'x/y' }, { name: 'z' }] } } },
    { name: 'b', active_state: { listener: { name: 'b', metadata: { 'a/b~c': 1 } } } },
  ],
};

async function dumpOf(section: object): Promise<ConfigDump> {
  const bytes = Buffer.from(JSON.stringify({ configs: [{ '@type': 'x' }, section] }));
  const raw = await scanDump('test', chunksOf(bytes, 64), { sections: ['ListenersConfigDump'] });
  if (raw.kind !== 'config_dump') throw new Error('not a dump');
  return new ConfigDump(raw);
}

describe('pieceAt', () => {
  it.each([
    ['/configs/1/dynamic_listeners/0/active_state/listener/filter_chains/1', { name: 'z' }],
    ['/configs/1/dynamic_listeners/1/active_state/listener/metadata/a~1b~0c', 1],
    ['/configs/1/dynamic_listeners/0/name', 'a'],
    ['/configs/1/version_info', 'v1'],
    ['/configs/1/dynamic_listeners/7/name', undefined],
    ['/configs/1/dynamic_listeners/0/constructor', undefined],
    ['/configs/9/dynamic_listeners/0', undefined],
    ['', undefined],
  ])('finds %s', async (pointer, expected) => {
    expect(pieceAt(await dumpOf(LISTENERS), pointer)).toEqual(expected);
  });

  it('reads a dump in lowerCamelCase by the names of the proto files', async () => {
    const camel = {
      '@type': LISTENERS['@type'],
      dynamicListeners: [{ name: 'a', activeState: { listener: { name: 'a', filterChains: [{ name: 'c' }] } } }],
    };
    const pointer = '/configs/1/dynamicListeners/0/active_state/listener/filter_chains/0';
    expect(pieceAt(await dumpOf(camel), pointer)).toEqual({ name: 'c' });
  });
});
