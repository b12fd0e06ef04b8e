/** The address at which a gateway's port answers. */
import { gatewayDestinations } from '../../../src/lib/reach/destinations';
import { proxyOf } from '../../helpers/hop';

it.each([
  ['0.0.0.0', {}, '10.0.0.1'],
  ['::', {}, '2001:db8::1'],
  ['::', { ipv4_compat: true }, '10.0.0.1'],
  ['10.0.0.1', {}, '10.0.0.1'],
])('is one of a family that it listens on: %s %j', (address, more, expected) => {
  const listener = {
    name: 'l',
    address: { socket_address: { address, port_value: 8080, ...more } },
    filter_chains: [{}],
  };
  const proxy = proxyOf({ listeners: [listener], bootstrap: { node: { id: 'router~10.0.0.1~gateway.test~test' } } });
  expect(gatewayDestinations([proxy]).map((one) => one.address)).toEqual([{ ip: expected, port: 8080 }]);
});
