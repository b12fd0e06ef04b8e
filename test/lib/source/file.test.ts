import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { InputError, UnavailableError, UsageError } from '../../../src/lib/errors';
import { textOfBody } from '../../../src/lib/source/body';
import { openFiles } from '../../../src/lib/source/file';
import type { Body } from '../../../src/lib/source/source';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

const DUMP = JSON.stringify({ configs: [{ '@type': 'x', cluster_statuses: 'no' }] });
const CLUSTERS = JSON.stringify({ cluster_statuses: [{ name: 'configs' }] });
const NO_INPUT = Readable.from([]);

let directory: TemporaryDirectory;
beforeAll(() => {
  directory = temporaryDirectory();
});
afterAll(() => {
  directory.remove();
});

const read = async (body: Body | null): Promise<string | null> => (body === null ? null : await textOfBody(body));

async function contents(paths: readonly string[], stdin = NO_INPUT) {
  const mesh = await openFiles(paths, () => stdin);
  const proxy = await mesh.open(undefined);
  const found = {
    dump: await read(await proxy.configDump({ sections: [] })),
    clusters: await read(await proxy.clusters()),
  };
  await mesh.close();
  return found;
}

describe('openFiles', () => {
  it('tells a config_dump from a clusters document by its content', async () => {
    expect(await contents([directory.write('a.json', DUMP)])).toEqual({ dump: DUMP, clusters: null });
    expect(await contents([directory.write('a.json', CLUSTERS)])).toEqual({ dump: null, clusters: CLUSTERS });
    const camel = CLUSTERS.replace('cluster_statuses', 'clusterStatuses');
    expect(await contents([directory.write('a.json', camel)])).toEqual({ dump: null, clusters: camel });
  });

  it('uses both together, in any order', async () => {
    const paths = [directory.write('c.json', CLUSTERS), directory.write('d.json', DUMP)];
    expect(await contents(paths)).toEqual({ dump: DUMP, clusters: CLUSTERS });
    expect(await contents([...paths].reverse())).toEqual({ dump: DUMP, clusters: CLUSTERS });
  });

  it('reads gzip, whatever the name', async () => {
    expect((await contents([directory.write('plain-name', gzipSync(DUMP))])).dump).toBe(DUMP);
    expect((await contents([directory.write('not-really.gz', DUMP)])).dump).toBe(DUMP);
  });

  it('reads standard input, in chunks of any size and gzipped', async () => {
    expect((await contents(['-'], Readable.from([Buffer.from(DUMP)]))).dump).toBe(DUMP);
    const bytes = [...gzipSync(CLUSTERS)].map((byte) => Buffer.from([byte]));
    expect((await contents(['-'], Readable.from(bytes))).clusters).toBe(CLUSTERS);
    expect((await contents(['-'])).dump).toBe('');
  });

  it('reads a file as often as wanted, and a stream once', async () => {
    const file = await (await openFiles([directory.write('a.json', DUMP)], () => NO_INPUT)).open(undefined);
    const stream = await (await openFiles(['-'], () => Readable.from([Buffer.from(DUMP)]))).open(undefined);
    for (const proxy of [file, stream]) expect(await read(await proxy.configDump({ sections: [] }))).toBe(DUMP);
    expect(await read(await file.configDump({ sections: [] }))).toBe(DUMP);
    await expect(stream.configDump({ sections: [] }).then(read)).rejects.toThrow('can be read only once');
  });

  it('hands a text that is neither to whoever reads a config_dump', async () => {
    expect((await contents([directory.write('a.json', 'not JSON')])).dump).toBe('not JSON');
    expect((await contents([directory.write('empty', '')])).dump).toBe('');
  });

  it.each<[string, () => string[], new (message: string) => Error, string]>([
    ['a file that is not there', () => ['/no/such/file.json'], UnavailableError, 'no such file or directory'],
    ['a directory', () => [directory.path], InputError, 'is a directory'],
    ['the same file twice', () => Array<string>(2).fill(directory.write('d.json', DUMP)), UsageError, 'given twice'],
    [
      'two config_dumps',
      () => [directory.write('d.json', DUMP), directory.write('e.json', DUMP)],
      UsageError,
      'are both config_dumps',
    ],
    [
      'two clusters documents',
      () => [directory.write('d.json', CLUSTERS), directory.write('e.json', CLUSTERS)],
      UsageError,
      'are both clusters documents',
    ],
    ['a broken gzip', () => [directory.write('x.gz', gzipSync(DUMP).subarray(0, 15))], InputError, 'broken gzip'],
  ])('refuses %s', async (_name, paths, error, message) => {
    const failure = await contents(paths()).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(error);
    expect((failure as Error).message).toContain(message);
  });
});

test('the answer of an Envoy without clusters is a clusters document beside a config_dump', async () => {
  const dump = directory.write('whole.json', DUMP);
  for (const none of [directory.write('none.json', ' {}\n'), directory.write('none.json.gz', gzipSync('{}'))]) {
    expect(await contents([dump, none])).toMatchObject({ dump: DUMP, clusters: expect.stringMatching(/^ ?\{\}/) });
    expect(await contents([none, dump])).toMatchObject({ dump: DUMP });
    await expect(contents([none, none])).rejects.toThrow(UsageError);
  }
  await expect(contents([dump, directory.write('other.json', DUMP)])).rejects.toThrow(UsageError);
});
