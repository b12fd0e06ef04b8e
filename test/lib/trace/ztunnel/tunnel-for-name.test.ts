/** A tunnel that names a service, to a pod whose application has a tunnel of its own. */
import { ZtunnelIndex } from '../../../../src/lib/mesh/ztunnel-index';
import { Decisions } from '../../../../src/lib/trace/decisions';
import { walkInbound } from '../../../../src/lib/trace/ztunnel/inbound';
import { service, workload } from '../../../helpers/mixed-mesh';

const WAY = workload('way', '10.0.2.1', { network: 'net1', applicationTunnel: { protocol: 'PROXY', port: 15088 } });
const HOST = 'app.shop.svc.cluster.local';

function inbound(vips: readonly string[]): ReturnType<typeof walkInbound> {
  const index = new ZtunnelIndex([
    {
      id: null,
      workloads: [WAY],
      services: [service('app', '', [WAY], { vips })],
      policies: [],
      states: [],
      settings: { network: 'net1' },
    },
  ]);
  const walk = { index, decisions: new Decisions(), limit: 5 };
  const authority = { host: HOST, port: 80 };
  return walkInbound(walk, {
    workload: WAY,
    ip: '10.0.2.1',
    authority,
    port: 15008,
    peerIp: '10.0.0.2',
    identity: 'cluster.local/ns/shop/sa/sleep',
  });
}

test.each([
  [['net1/10.96.0.1'], '10.96.0.1'],
  [['net1/10.96.0.1', 'net1/fd00::9'], '10.96.0.1'],
  [['net1/10.96.0.1', 'net1/10.96.0.2'], '10.96.0.2'],
  [['net2/10.96.0.1', 'net1/fd00::9'], 'fd00::9'],
  [['net2/10.96.0.1', 'net2/10.96.0.2'], '10.96.0.2'],
])('of the VIPs %j it is told %s, and the port that was asked for', (vips, ip) => {
  expect(inbound(vips)).toMatchObject({ kind: 'delivered', port: 15088, tunnelFor: { ip, port: 80 } });
});

test('a service without a VIP ends it, which ztunnel answers with 503', () => {
  expect(inbound([])).toMatchObject({
    kind: 'failed',
    reason: 'no-next-hop',
    cause: { kind: 'service-without-vip', host: HOST },
  });
});
