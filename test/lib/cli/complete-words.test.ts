import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeWords } from '../../../src/lib/cli/complete-words';
import { standardStreams } from '../../../src/lib/cli/standard-streams';
import { Streams } from '../../../src/lib/cli/streams';
import { temporaryDirectory } from '../../helpers/temporary-directory';

async function completed(names: readonly string[]): Promise<readonly string[]> {
  const directory = temporaryDirectory();
  try {
    for (const name of names) {
      const proxy = join(directory.path, 'proxies', 'shop', name);
      mkdirSync(proxy, { recursive: true });
      writeFileSync(join(proxy, 'config_dump.json'), '{"configs":[]}');
    }
    const streams = new Streams(standardStreams(() => false));
    return await completeWords(['pc', 'listener', '--snapshot', directory.path, ''], streams);
  } finally {
    directory.remove();
  }
}

test('pods of a snapshot are candidates', async () => {
  expect(await completed(['web', 'api'])).toEqual(['api.shop', 'web.shop']);
});

test.each(['$(id)', 'a b', '`x`'])(
  'a snapshot with a directory that a shell would take for more than a word, %s, offers none',
  async (name) => {
    expect(await completed(['web', name])).toEqual([]);
  },
);
