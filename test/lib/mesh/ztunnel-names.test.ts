/** Host names as ztunnel's DNS proxy answers them. */
import { ZtunnelIndex } from '../../../src/lib/mesh/ztunnel-index';
import { namedByZtunnel } from '../../../src/lib/mesh/ztunnel-names';
import type { Settings, ZtunnelService, ZtunnelWorkload } from '../../../src/lib/ztunnel/resources';
import { service, workload } from '../../helpers/mixed-mesh';

function answered(
  host: string,
  services: readonly ZtunnelService[],
  more: { readonly workloads?: readonly ZtunnelWorkload[]; readonly settings?: Settings } = {},
): readonly string[] | null {
  const { workloads = [], settings = { network: '' } } = more;
  const dump = { id: null, workloads, services, policies: [], states: [], settings };
  return namedByZtunnel(new ZtunnelIndex([dump]), host, 'shop')?.ips ?? null;
}

function entry(namespace: string, vip: string | null, more: Partial<ZtunnelService> = {}): ZtunnelService {
  const vips = vip === null ? [] : [`/${vip}`];
  return { name: 'api', namespace, hostname: 'api.example.com', vips, canonical: false, ...more };
}

test.each([
  ['app', '10.96.0.1'],
  ['app.shop', '10.96.0.1'],
  ['app.shop.svc', '10.96.0.1'],
  ['app.shop.svc.cluster.local', '10.96.0.1'],
  ['api.example.com.shop.svc.cluster.local', '10.5.0.1'],
])('%s, by the search path of the pod', (host, ip) => {
  expect(answered(host, [service('app', '10.96.0.1', []), entry('web', '10.5.0.1')])).toEqual([ip]);
});

test('exactly first, then by wildcards', () => {
  const services = [entry('web', '10.5.0.1', { hostname: '*.example.com' }), entry('web', '10.5.0.2')];
  expect(answered('api.example.com', services)).toEqual(['10.5.0.2']);
  expect(answered('other.example.com', services)).toEqual(['10.5.0.1']);
  expect(answered('other.example.org', services)).toBeNull();
});

test("of several the client's namespace, the last canonical one, the preferred namespace, the first", () => {
  const [a, b, c] = [entry('a', '10.5.0.1'), entry('b', '10.5.0.2'), entry('c', '10.5.0.3')];
  const canonical = [a, { ...b, canonical: true }, { ...c, canonical: true }];
  expect(answered('api.example.com', [a, b, entry('shop', '10.5.0.9')])).toEqual(['10.5.0.9']);
  expect(answered('api.example.com', canonical)).toEqual(['10.5.0.3']);
  const settings = { network: '', preferedServiceNamespace: 'b' };
  expect(answered('api.example.com', [a, b, c], { settings })).toEqual(['10.5.0.2']);
  expect(answered('api.example.com', [a, b, c])).toEqual(['10.5.0.1']);
});

test('one that has no VIP and is not of the cluster is passed over before they are ranked', () => {
  expect(answered('api.example.com', [entry('shop', null), entry('web', '10.5.0.1')])).toEqual(['10.5.0.1']);
  expect(answered('api.example.com', [entry('shop', null)])).toBeNull();
});

test('a headless service of the cluster has an address of each workload, on whatever network', () => {
  const behind = [workload('one', '10.0.0.1'), workload('two', '10.9.0.1', { network: 'net2' })];
  const headless = service('db', '10.96.0.1', behind, { vips: [] });
  expect(answered('db', [headless], { workloads: behind })).toEqual(['10.0.0.1', '10.9.0.1']);
});

test.each([
  [undefined, ['10.0.0.1']],
  ['IPv4', ['10.0.0.1']],
  ['IPv6', ['fd00::1']],
])('of a headless service whose families are %s the first address that is of them', (ipFamilies, ips) => {
  const behind = [
    workload('one', '', { workloadIps: ['10.0.0.1', 'fd00::1'] }),
    workload('two', '', { workloadIps: [] }),
  ];
  const headless = service('db', '10.96.0.1', behind, { vips: [], ipFamilies });
  expect(answered('db', [headless], { workloads: behind })).toEqual(ips);
});

test('VIPs of another network are no answer, and neither does another name answer for them', () => {
  const far = entry('web', null, { vips: ['net2/10.5.0.1'] });
  expect(answered('api.example.com', [far, entry('web', '10.5.0.2', { hostname: '*.example.com' })])).toEqual([]);
});
