/** Where a packet is addressed, in the order of what is looked in. */
import { destinationText } from '../../../../src/lib/explain/telling/journey';
import { addressBook } from '../../../../src/lib/mesh/address-book';
import { destinationOf } from '../../../../src/lib/trace/request/destination';
import type { TraceQuery } from '../../../../src/lib/trace/request/query';
import { parseUrl } from '../../../../src/lib/trace/request/url';
import { corpusConfig } from '../../../helpers/proxy-config';

const EMPTY = addressBook({ pods: null, services: null, endpointSlices: null });
const LISTED = addressBook({
  pods: null,
  services: [
    { metadata: { name: 'echo', namespace: 'shop' }, spec: { clusterIP: '10.0.0.9', ports: [{ port: 80 }] } },
    { metadata: { name: 'out', namespace: 'shop' }, spec: { type: 'ExternalName', externalName: 'static.ext.test' } },
  ],
  endpointSlices: null,
});

async function find(url: string, query: Partial<TraceQuery> = {}, book = EMPTY): Promise<string> {
  const config = await corpusConfig('mixed', 'client-7d9f8b6c5-aaaaa');
  const where = { config, book, namespace: 'shop' };
  const { address, found } = destinationOf({ url, ...query }, parseUrl(url), where);
  return `${address.ip} ${address.port}: ${destinationText(found)}`;
}

test.each([
  ['http://echo/', '10.97.0.1 80: an address of the virtual host that lists echo'],
  [
    'http://echo.shop.svc.cluster.local/',
    '10.97.0.1 80: an address of the virtual host that lists echo.shop.svc.cluster.local',
  ],
  ['http://ECHO.shop./', '10.97.0.1 80: an address of the virtual host that lists echo.shop'],
  ['tcp://mongo:27017', '10.97.0.3 27017: the address of the listener for mongo.shop.svc.cluster.local'],
  ['tcp://static.ext.test:5432', '240.0.0.5 5432: an address of the virtual host that lists static.ext.test'],
  ['http://[fd00::1]:80/', 'fd00::1 80: the URL holds the address itself'],
  ['http://localhost:8080/', '127.0.0.1 8080: localhost is the pod itself'],
])('from the dump alone, %s', async (url, expected) => {
  expect(await find(url)).toBe(expected);
});

test('a wildcard host has an address that only DNS knows', async () => {
  expect(await find('http://x.wild.test/')).toMatch(/^192\.0\.2\.1 80: a host of the configuration, x\.wild\.test/);
  expect(await find('tls://x.wild.test:443')).toMatch(/^192\.0\.2\.1 443: /);
});

test('--original-dst goes before --resolve, and that before every list', async () => {
  const resolve = [
    { host: 'echo', port: 81, ip: '10.1.1.2' },
    { host: '*', port: 80, ip: '10.1.1.1' },
  ];
  expect(await find('http://echo/', { originalDst: { ip: '10.2.2.2', port: 81 }, resolve })).toMatch(/^10\.2\.2\.2 81/);
  expect(await find('http://echo/', { resolve }, LISTED)).toBe('10.1.1.1 80: as --resolve says');
  expect(await find('http://echo/', {}, LISTED)).toBe('10.0.0.9 80: Service echo.shop');
  expect(await find('http://out:8090/', {}, LISTED)).toMatch(/^240\.0\.0\.5 8090/);
});

test('an unknown host is a usage error that names the flag and the nearest hosts', async () => {
  await expect(find('http://ecco/')).rejects.toMatchObject({
    exitCode: 64,
    hint: expect.stringMatching(/^Did you mean echo.*--original-dst IP:80, or --resolve ecco:80:IP\.$/),
  });
});
