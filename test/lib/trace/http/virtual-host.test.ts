/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualhost */
import { causeText } from '../../../../src/lib/explain/telling/tell-trace';
import * as fc from 'fast-check';
import { chooseVirtualHost } from '../../../../src/lib/trace/http/virtual-host';

const chosen = (domains: readonly (readonly string[])[], authority: string, more: object = {}): string | null => {
  const hosts = domains.map((own, index) => ({ name: `v${index}`, domains: own }));
  return chooseVirtualHost({ name: 'r', virtual_hosts: hosts, ...more }, authority, 5).chosen?.domain ?? null;
};

describe('the virtual host', () => {
  const ALL = [['*'], ['foo.*', '*.com'], ['a.com', 'foo.bar.*'], ['*.a.com', '*-x.a.com']];

  it.each([
    ['a.com', 'a.com'],
    ['A.Com', 'a.com'],
    ['b.a.com', '*.a.com'],
    ['b-x.a.com', '*-x.a.com'],
    ['c.com', '*.com'],
    ['.com', '*'],
    ['foo.bar', 'foo.*'],
    ['foo.bar.baz', 'foo.bar.*'],
    ['foo.bar:1', 'foo.*'],
    // A suffix goes before a prefix, however long that is.
    ['foo.bar.x.com', '*.com'],
    ['a.com:80', '*'],
    ['', '*'],
  ])('of %s is that of %s', (authority, domain) => {
    expect(chosen(ALL, authority)).toBe(domain);
  });

  it('of no name is that whose domain is empty', () => {
    expect(chosen([['*'], ['']], '')).toBe('');
    expect(chosen([['']], 'a.com')).toBeNull();
  });

  it('is found without the port where that is ignored; a domain with a port never is then', () => {
    const ignoring = { ignore_port_in_host_matching: true };
    expect(chosen([['a.com'], ['a.com:80']], 'a.com:80', ignoring)).toBe('a.com');
    expect(chosen([['a.com:80']], 'a.com:80', ignoring)).toBeNull();
    expect(chosen([['[::1]']], '[::1]:80', ignoring)).toBe('[::1]');
    expect(chosen([['a']], 'a:text', ignoring)).toBe('a');
  });

  it('says which domain is near where there is none', () => {
    const choice = chooseVirtualHost(
      { name: '9080', virtual_hosts: [{ name: 'v', domains: ['reviews'] }] },
      'review',
      5,
    );
    expect(causeText(choice.cause)).toBe('no virtual host of route 9080 lists the domain `review`; nearest: `reviews`');
  });

  const label = fc.constantFrom('a', 'b', 'ab');
  const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const domain = fc.oneof(
    host,
    host.map((text) => `*.${text}`),
    host.map((text) => `*${text}`),
    host.map((text) => `${text}.*`),
    host.map((text) => `${text}*`),
    fc.constant('*'),
  );

  it('does not depend on the order of virtual hosts and domains', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(domain, { minLength: 1, maxLength: 8 }),
        host,
        fc.infiniteStream(fc.nat()),
        (list, authority, keys) => {
          const keyed = list.map((one) => [keys.next().value as number, one] as const);
          const shuffled = keyed.sort(([a], [b]) => a - b).map(([, one]) => one);
          expect(
            chosen(
              shuffled.map((one) => [one]),
              authority,
            ),
          ).toBe(chosen([list], authority));
        },
      ),
    );
  });

  it('takes the name, and no domain that it rejects is written as it is', () => {
    const takes = (own: string, name: string): boolean => {
      if (own === '*' || own === name) return true;
      if (own.startsWith('*')) return name.length >= own.length && name.endsWith(own.slice(1));
      return own.endsWith('*') && name.length >= own.length && name.startsWith(own.slice(0, -1));
    };
    fc.assert(
      fc.property(fc.uniqueArray(domain, { maxLength: 8 }), host, (list, authority) => {
        const found = chosen([list], authority);
        if (found === null) expect(list.some((one) => takes(one, authority))).toBe(false);
        else expect(takes(found, authority)).toBe(true);
        if (list.includes(authority)) expect(found).toBe(authority);
      }),
    );
  });
});

it('is found among thousands of wildcards without a look at each', () => {
  const hosts = Array.from({ length: 5000 }, (_unused, n) => ({ name: `v${n}`, domains: [`*.h${n}.test`, `h${n}.*`] }));
  const table = { name: 'r', virtual_hosts: hosts };
  expect(chooseVirtualHost(table, 'a.h4711.test', 0).chosen?.domain).toBe('*.h4711.test');
  const looks = [jest.spyOn(String.prototype, 'endsWith'), jest.spyOn(String.prototype, 'startsWith')];
  expect(chooseVirtualHost(table, 'h4710.test', 0).chosen?.domain).toBe('h4710.*');
  expect(looks.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBeLessThan(10);
  for (const look of looks) look.mockRestore();
});
