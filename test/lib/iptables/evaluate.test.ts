/** What istio-init's rules do to a packet, in each notation that the tools print them in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { evaluate } from '../../../src/lib/iptables/evaluate';
import {
  DEFAULT_SETTINGS,
  istioRules,
  settingsFromAnnotations,
  settingsFromArguments,
} from '../../../src/lib/iptables/istio-rules';
import type { Hook, Packet, Ruleset } from '../../../src/lib/iptables/model';
import { parseRules } from '../../../src/lib/iptables/parse';
import type { Fate } from '../../../src/lib/iptables/walk';

function rules(name: string, notation = 'save'): Ruleset {
  return parsed(readFileSync(join(__dirname, `../../fixtures/iptables/${name}.${notation}.txt`), 'utf8'));
}

function parsed(text: string): Ruleset {
  const found = parseRules(text);
  if (found.kind === 'broken') throw new Error(`line ${found.line}: ${found.because}`);
  return found.rules;
}

function out(ip: string, port: number, more: Partial<Packet> = {}): Packet {
  const source = { ip: ip.includes(':') ? 'fd00::5' : '10.244.0.5' };
  const destination = { ip, port };
  return {
    protocol: 'tcp',
    source,
    destination,
    inInterface: null,
    outInterface: 'eth0',
    uid: null,
    gid: null,
    ...more,
  };
}

function into(port: number, more: Partial<Packet> = {}): Packet {
  return { ...out('10.244.0.5', port), source: { ip: '10.244.0.9' }, inInterface: 'eth0', outInterface: null, ...more };
}

const TO_15001: Fate = { kind: 'redirected', port: 15001, transparent: false };
const TO_15006: Fate = { kind: 'redirected', port: 15006, transparent: false };
const PASSED: Fate = { kind: 'passed' };
const LO = { outInterface: 'lo' } as const;
const ENVOY = { uid: 1337, gid: 1337 } as const;

/** The hook, the packet, what becomes of it, and the rule that decides. */
type Case = readonly [what: string, hook: Hook, packet: Packet, fate: Fate, rule: string];

const DEFAULT_CASES: readonly Case[] = [
  ['an application calls a Service', 'OUTPUT', out('10.96.0.10', 9080), TO_15001, 'ISTIO_REDIRECT 1'],
  ['Envoy calls an endpoint', 'OUTPUT', out('10.244.1.1', 9080, ENVOY), PASSED, 'ISTIO_OUTPUT 4'],
  [
    "somebody of Envoy's group calls out",
    'OUTPUT',
    out('10.244.1.1', 9080, { uid: 0, gid: 1337 }),
    PASSED,
    'ISTIO_OUTPUT 7',
  ],
  ['root calls out', 'OUTPUT', out('10.244.1.1', 9080, { uid: 0, gid: 0 }), TO_15001, 'ISTIO_REDIRECT 1'],
  ['an application calls localhost', 'OUTPUT', out('127.0.0.1', 80, LO), PASSED, 'ISTIO_OUTPUT 3'],
  ['an application calls its own pod', 'OUTPUT', out('10.244.0.5', 80, LO), PASSED, 'ISTIO_OUTPUT 3'],
  ['Envoy calls its own pod', 'OUTPUT', out('10.244.0.5', 80, { ...LO, ...ENVOY }), TO_15006, 'ISTIO_IN_REDIRECT 1'],
  [
    'Envoy calls its own tunnel port',
    'OUTPUT',
    out('10.244.0.5', 15008, { ...LO, ...ENVOY }),
    PASSED,
    'ISTIO_OUTPUT 4',
  ],
  [
    'Envoy hands on to the application',
    'OUTPUT',
    out('10.244.0.5', 80, { ...LO, ...ENVOY, source: { ip: '127.0.0.6' } }),
    PASSED,
    'ISTIO_OUTPUT 1',
  ],
  ['somebody calls the pod', 'PREROUTING', into(9080), TO_15006, 'ISTIO_IN_REDIRECT 1'],
  ['somebody calls the tunnel port', 'PREROUTING', into(15008), PASSED, 'ISTIO_INBOUND 1'],
  ['kubelet calls the health port', 'PREROUTING', into(15021), PASSED, 'ISTIO_INBOUND 3'],
  ['Prometheus calls the agent', 'PREROUTING', into(15020), PASSED, 'ISTIO_INBOUND 4'],
];

describe("istio-init's defaults", () => {
  describe.each(['save', 'listing', 'nft'])('as %s', (notation) => {
    test.each(DEFAULT_CASES)('%s', (_what, hook, packet, fate, place) => {
      const found = evaluate(rules('default', notation), hook, packet);
      expect(found.fate).toEqual(fate);
      expect(`${found.rule?.chain ?? ''} ${found.rule?.number ?? 0}`).toBe(place);
    });
  });

  test('the way to the deciding rule', () => {
    const { way, rule } = evaluate(rules('default'), 'OUTPUT', out('10.96.0.10', 9080));
    expect(way).toEqual(['OUTPUT rule 1', 'ISTIO_OUTPUT rule 9']);
    expect(rule?.text).toBe('-p tcp -j REDIRECT --to-ports 15001');
  });

  test.each<Case>([
    ['an application calls out by IPv6', 'OUTPUT', out('fd00::10', 80), TO_15001, ''],
    ['an application calls ::1', 'OUTPUT', out('::1', 80, LO), PASSED, ''],
    ['Envoy hands on by ::6', 'OUTPUT', out('fd00::5', 80, { ...LO, ...ENVOY, source: { ip: '::6' } }), PASSED, ''],
    [
      'somebody calls the pod by IPv6',
      'PREROUTING',
      { ...into(80), destination: { ip: 'fd00::5', port: 80 } },
      TO_15006,
      '',
    ],
  ])('IPv6: %s', (_what, hook, packet, fate) => {
    expect(evaluate(rules('default'), hook, packet).fate).toEqual(fate);
  });
});

describe('what istio-init is told', () => {
  test.each<readonly [string, string, Hook, Packet, Fate]>([
    [
      'DNS over TCP goes to the agent',
      'dns',
      'OUTPUT',
      out('10.96.0.2', 53),
      { kind: 'redirected', port: 15053, transparent: false },
    ],
    [
      'DNS over UDP goes to the agent',
      'dns',
      'OUTPUT',
      { ...out('10.96.0.2', 53), protocol: 'udp' },
      { kind: 'redirected', port: 15053, transparent: false },
    ],
    [
      'DNS on localhost goes to the agent',
      'dns',
      'OUTPUT',
      out('127.0.0.53', 53, LO),
      { kind: 'redirected', port: 15053, transparent: false },
    ],
    ["Envoy's own DNS does not", 'dns', 'OUTPUT', out('10.96.0.2', 53, ENVOY), PASSED],
    ['without DNS capture it goes to Envoy', 'default', 'OUTPUT', out('10.96.0.2', 53), TO_15001],
    ['an excluded port', 'excluded', 'OUTPUT', out('10.96.0.10', 3306), PASSED],
    ['an excluded range', 'excluded', 'OUTPUT', out('10.9.1.1', 80), PASSED],
    ['an excluded range of IPv6', 'excluded', 'OUTPUT', out('fd00:9::1', 80), PASSED],
    ['next to an excluded range', 'excluded', 'OUTPUT', out('10.10.1.1', 80), TO_15001],
    ['an excluded interface', 'excluded', 'OUTPUT', out('10.10.1.1', 80, { outInterface: 'net1' }), PASSED],
    ['an excluded inbound port', 'excluded', 'PREROUTING', into(9443), PASSED],
    ['an excluded inbound interface', 'excluded', 'PREROUTING', into(80, { inInterface: 'net1' }), PASSED],
    ['an included range', 'included', 'OUTPUT', out('10.96.1.1', 80), TO_15001],
    ['outside of the included range', 'included', 'OUTPUT', out('8.8.8.8', 80), PASSED],
    ['an included port anywhere', 'included', 'OUTPUT', out('8.8.8.8', 443), TO_15001],
    ['an included inbound port', 'included', 'PREROUTING', into(8080), TO_15006],
    ['another inbound port', 'included', 'PREROUTING', into(8081), PASSED],
    ['TPROXY', 'tproxy', 'PREROUTING', into(8080), { kind: 'redirected', port: 15006, transparent: true }],
    ['TPROXY leaves excluded ports', 'tproxy', 'PREROUTING', into(15021), PASSED],
    [
      'TPROXY leaves what the application hands to itself',
      'tproxy',
      'PREROUTING',
      into(8080, { inInterface: 'lo' }),
      PASSED,
    ],
    ['TPROXY redirects outbound as ever', 'tproxy', 'OUTPUT', out('10.96.0.10', 80), TO_15001],
  ])('%s', (_what, name, hook, packet, fate) => {
    expect(evaluate(rules(name), hook, packet).fate).toEqual(fate);
    expect(evaluate(rules(name, 'listing'), hook, { ...packet }).fate).toEqual(
      packet.destination.ip.includes(':') ? expect.anything() : fate,
    );
  });
});

const port = fc.oneof(
  fc.constantFrom(53, 80, 443, 3306, 8080, 9080, 9443, 15008, 15020, 15021),
  fc.integer({ min: 1, max: 65535 }),
);
const ip = fc.constantFrom('127.0.0.1', '127.0.0.6', '10.244.0.5', '10.96.0.10', '10.9.1.1', '8.8.8.8');
const id = fc.constantFrom(null, 0, 1000, 1337);
const device = fc.constantFrom('lo', 'eth0', 'net1');

const packets = fc
  .record({
    from: ip,
    to: ip,
    dport: port,
    uid: id,
    gid: id,
    card: device,
    hook: fc.constantFrom<Hook>('OUTPUT', 'PREROUTING'),
  })
  .map(({ from, to, dport, uid, gid, card, hook }) => {
    const isOut = hook === 'OUTPUT';
    const cards = { inInterface: isOut ? null : card, outInterface: isOut ? card : null };
    const packet: Packet = { ...out(to, dport), ...cards, source: { ip: from }, uid, gid };
    return { hook, packet };
  });

test.each(['default', 'dns', 'excluded', 'included', 'tproxy'])(
  'every notation of %s says the same of every packet',
  (name) => {
    const forms = ['save', 'listing', ...(name === 'tproxy' ? [] : ['nft'])].map((notation) => rules(name, notation));
    fc.assert(
      fc.property(packets, ({ hook, packet }) => {
        const [first, ...others] = forms.map((form) => evaluate(form, hook, packet).fate);
        for (const other of others) expect(other).toEqual(first);
      }),
    );
  },
);

describe('rules of others', () => {
  const save = (...lines: readonly string[]): Ruleset => parsed(['*nat', ...lines, 'COMMIT'].join('\n'));

  test('a condition that is not understood decides nothing where both answers lead to the same end', () => {
    const harmless = save(
      '-A OUTPUT -m set --match-set mine dst -j RETURN',
      '-A OUTPUT -p tcp -m tcp --dport 1 -j REDIRECT --to-ports 2',
    );
    expect(evaluate(harmless, 'OUTPUT', out('1.2.3.4', 80)).fate).toEqual(PASSED);
    const open = save(
      '-A OUTPUT -m set --match-set mine dst -j RETURN',
      '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
    );
    const found = evaluate(open, 'OUTPUT', out('1.2.3.4', 80));
    expect(found.fate).toEqual({ kind: 'unknown', because: '-m set --match-set mine dst' });
    expect(found.rule?.number).toBe(1);
  });

  test('a user that the rules name and nobody knows', () => {
    const java = save(
      '-A OUTPUT -m owner ! --gid-owner java -j RETURN',
      '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
    );
    expect(evaluate(java, 'OUTPUT', out('1.2.3.4', 80)).fate).toEqual({
      kind: 'unknown',
      because: '! --gid-owner java',
    });
    const number = save(
      '-A OUTPUT -m owner --uid-owner 100-200 -j RETURN',
      '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
    );
    expect(evaluate(number, 'OUTPUT', out('1.2.3.4', 80, { uid: 150 })).fate).toEqual(PASSED);
    expect(evaluate(number, 'OUTPUT', out('1.2.3.4', 80, { uid: 250 })).fate).toEqual(TO_15001);
  });

  test('goto does not come back, jump does', () => {
    const lines = ['-A USER -p udp -j ACCEPT', '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001'];
    expect(evaluate(save('-A OUTPUT -j USER', ...lines), 'OUTPUT', out('1.2.3.4', 80)).fate).toEqual(TO_15001);
    expect(evaluate(save('-A OUTPUT -g USER', ...lines), 'OUTPUT', out('1.2.3.4', 80)).fate).toEqual(PASSED);
  });

  test('DNAT, DROP in the filter table', () => {
    expect(
      evaluate(
        save('-A OUTPUT -d 1.2.3.4/32 -p tcp -j DNAT --to-destination 10.0.0.1:81'),
        'OUTPUT',
        out('1.2.3.4', 80),
      ).fate,
    ).toEqual({
      kind: 'rewritten',
      ip: '10.0.0.1',
      port: 81,
    });
    const dropped = parsed('*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -d 1.2.3.4/32 -j DROP\nCOMMIT');
    expect(evaluate(dropped, 'OUTPUT', out('1.2.3.4', 80)).fate).toEqual({ kind: 'dropped', rejected: false });
  });

  test('an address of the pod itself', () => {
    const local = save(
      '-A OUTPUT -m addrtype --dst-type LOCAL -j RETURN',
      '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
    );
    expect(evaluate(local, 'OUTPUT', out('10.244.0.5', 80, LO)).fate).toEqual(PASSED);
    expect(evaluate(local, 'OUTPUT', out('10.96.0.10', 80)).fate).toEqual(TO_15001);
  });

  test('insertion counts as iptables numbers', () => {
    const inserted = save('-A OUTPUT -p tcp -j REDIRECT --to-ports 15001', '-I OUTPUT 1 -d 1.2.3.4/32 -j RETURN');
    const { fate, rule } = evaluate(inserted, 'OUTPUT', out('1.2.3.4', 80));
    expect([fate, rule?.number]).toEqual([PASSED, 1]);
  });

  test('a listing without -v hides interfaces, and says that it does', () => {
    const text = `Chain OUTPUT (policy ACCEPT)\ntarget     prot opt source               destination\nRETURN     all  --  0.0.0.0/0            0.0.0.0/0            owner UID match 1337\nREDIRECT   tcp  --  0.0.0.0/0            0.0.0.0/0            redir ports 15001\n`;
    const { fate } = evaluate(parsed(text), 'OUTPUT', out('1.2.3.4', 80));
    expect(fate).toEqual({ kind: 'unknown', because: '--interface-not-listed give the listing with -v' });
  });

  test("Istio's own nftables tables, where a rule of IPv4 takes no IPv6", () => {
    const text = `table inet istio-proxy-nat {
\tchain output {
\t\ttype nat hook output priority dstnat; policy accept;
\t\tcounter packets 1 bytes 60 jump istio-output
\t}
\tchain istio-redirect {
\t\tmeta l4proto tcp counter packets 0 bytes 0 redirect to :15001
\t}
\tchain istio-output {
\t\toifname "lo" ip daddr != 127.0.0.1 tcp dport != { 53, 15008 } meta skuid 1337 counter packets 0 bytes 0 return
\t\tmeta skuid 1337 counter packets 0 bytes 0 return
\t\tip daddr 127.0.0.1 counter packets 0 bytes 0 return
\t\tip daddr != 10.0.0.0/8 tcp dport 80 counter packets 0 bytes 0 return
\t\tcounter packets 0 bytes 0 jump istio-redirect
\t}
}`;
    expect(evaluate(parsed(text), 'OUTPUT', out('10.96.0.10', 80)).fate).toEqual(TO_15001);
    expect(evaluate(parsed(text), 'OUTPUT', out('8.8.8.8', 80)).fate).toEqual(PASSED);
    expect(evaluate(parsed(text), 'OUTPUT', out('fd00::1', 80)).fate).toEqual(TO_15001);
    expect(evaluate(parsed(text), 'OUTPUT', out('10.96.0.10', 80, ENVOY)).fate).toEqual(PASSED);
  });
});

describe('rules worked out from what was told', () => {
  const fate = (settings: Parameters<typeof istioRules>[0], hook: Hook, packet: Packet): Fate =>
    evaluate(parsed(istioRules(settings)), hook, packet).fate;

  test('the defaults are as istio-init writes them', () => {
    for (const [, hook, packet, expected] of DEFAULT_CASES)
      expect(fate(DEFAULT_SETTINGS, hook, packet)).toEqual(expected);
  });

  test('annotations', () => {
    const settings = settingsFromAnnotations({
      'traffic.sidecar.istio.io/excludeOutboundPorts': '3306, 5432',
      'traffic.sidecar.istio.io/includeInboundPorts': '',
      'traffic.sidecar.istio.io/excludeOutboundIPRanges': '169.254.169.254/32',
    });
    expect(fate(settings, 'OUTPUT', out('10.0.0.1', 5432))).toEqual(PASSED);
    expect(fate(settings, 'OUTPUT', out('169.254.169.254', 80))).toEqual(PASSED);
    expect(fate(settings, 'OUTPUT', out('10.0.0.1', 80))).toEqual(TO_15001);
    expect(fate(settings, 'PREROUTING', into(9080))).toEqual(PASSED);
  });

  test("istio-init's arguments", () => {
    const words =
      'istio-iptables -p 15001 -z 15006 -u 1337 -m REDIRECT -i * -x  -b * -d 15090,15021,15020,9999 --redirect-dns=true'.split(
        ' ',
      );
    const settings = settingsFromArguments(words);
    if (settings === null) throw new Error('not understood');
    expect(fate(settings, 'PREROUTING', into(9999))).toEqual(PASSED);
    expect(fate(settings, 'OUTPUT', out('10.96.0.2', 53))).toEqual({ ...TO_15001, port: 15053 });
    expect(settingsFromArguments(['proxy', 'sidecar'])).toBeNull();
  });
});
