import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeWords } from '../../../src/lib/cli/complete-words';
import { standardStreams } from '../../../src/lib/cli/standard-streams';
import { Streams } from '../../../src/lib/cli/streams';
import { temporaryDirectory } from '../../helpers/temporary-directory';

test('a name that a shell would take for more than a word is no candidate', async () => {
  const { path } = temporaryDirectory();
  for (const name of ['web', '$(id)', 'a b', '`x`']) {
    const directory = join(path, 'proxies', 'shop', name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'config_dump.json'), '{"configs":[]}');
  }
  const streams = new Streams(standardStreams(() => false));
  expect(await completeWords(['pc', 'listener', '--snapshot', path, ''], streams)).toEqual(['web.shop']);
});
