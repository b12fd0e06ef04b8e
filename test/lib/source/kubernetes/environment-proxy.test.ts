import { environmentProxy } from '../../../../src/lib/source/kubernetes/environment-proxy';

const PROXY = 'http://proxy:3128';

test.each<[url: string, environment: Record<string, string>, proxy: string | null]>([
  ['https://api.example:6443', {}, null],
  ['https://api.example:6443', { HTTPS_PROXY: PROXY }, PROXY],
  ['https://api.example:6443', { https_proxy: 'proxy:3128' }, PROXY],
  ['https://api.example:6443', { HTTP_PROXY: PROXY }, null],
  ['http://api.example', { HTTP_PROXY: PROXY }, PROXY],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: PROXY }, null],
  ['https://localhost:6443', { HTTPS_PROXY: PROXY }, null],
  ['https://[::1]:6443', { HTTPS_PROXY: PROXY }, null],
  ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, null],
  ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: 'other, example' }, null],
  ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: '.example' }, null],
  ['https://example', { HTTPS_PROXY: PROXY, NO_PROXY: '.example' }, PROXY],
  ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: 'ample' }, PROXY],
  ['https://api.example:6443', { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example:443' }, PROXY],
  ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example:443' }, null],
  ['https://10.1.2.3', { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/8' }, null],
  ['https://11.1.2.3', { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/8' }, PROXY],
  ['https://10.1.2.3', { HTTPS_PROXY: PROXY, no_proxy: '10.1.2.3' }, null],
  ['https://[fd00::1]', { HTTPS_PROXY: PROXY, NO_PROXY: 'fd00::/8' }, null],
  ['https://10.1.2.3', { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/99' }, PROXY],
])('%s with %j: %s', (url, environment, proxy) => {
  expect(environmentProxy(new URL(url), environment)).toBe(proxy);
});
