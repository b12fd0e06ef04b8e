/** Rules that fan out: each chain is walked once for the marks that a packet comes with, and the answer stays the same. */
import fc from 'fast-check';
import { evaluate } from '../../../src/lib/iptables/evaluate';
import type { Packet, Ruleset } from '../../../src/lib/iptables/model';
import { parseRules } from '../../../src/lib/iptables/parse';

const PACKET: Packet = {
  protocol: 'tcp',
  source: { ip: '10.244.0.5' },
  destination: { ip: '10.96.0.10', port: 9080 },
  inInterface: null,
  outInterface: 'eth0',
  uid: null,
  gid: null,
};

function rulesOf(lines: readonly string[]): Ruleset {
  const read = parseRules(['*nat', ...lines, 'COMMIT'].join('\n'));
  if (read.kind === 'broken') throw new Error(`line ${read.line}: ${read.because}`);
  return read.rules;
}

/** Each chain jumps twice to the next: 2^levels ways, which no walk of every way comes to the end of. */
function fan(levels: number, last: string): readonly string[] {
  const jumps = Array.from({ length: levels }, (_unused, level) => Array(2).fill(`-A C${level} -j C${level + 1}`));
  return ['-A OUTPUT -j C0', ...jumps.flat(), `-A C${levels} ${last}`] as readonly string[];
}

test('chains that jump twice to the next are walked once', () => {
  const passed = evaluate(rulesOf(fan(500, '-p udp -j RETURN')), 'OUTPUT', PACKET);
  expect(passed.fate).toEqual({ kind: 'passed' });
  // One jump a rule, however often the walk comes by.
  expect(passed.way).toHaveLength(1001);
  const redirected = evaluate(
    rulesOf([...fan(500, '-p udp -j RETURN'), '-A OUTPUT -p tcp -j REDIRECT --to-ports 1']),
    'OUTPUT',
    PACKET,
  );
  expect(redirected.fate).toEqual({ kind: 'redirected', port: 1, transparent: false });
});

test('a condition that is not known is tried both ways, not in every way', () => {
  const rules = rulesOf(fan(500, '-m set --match-set mine dst -j RETURN'));
  expect(evaluate(rules, 'OUTPUT', PACKET).fate).toEqual({ kind: 'passed' });
});

test('chains behind each other, thousands deep, and thousands of insertions in front', () => {
  const deep = Array.from({ length: 20_000 }, (_unused, level) => `-A C${level} -j C${level + 1}`);
  const rules = rulesOf(['-A OUTPUT -j C0', ...deep, '-A C20000 -p tcp -j REDIRECT --to-ports 15001']);
  expect(evaluate(rules, 'OUTPUT', PACKET).fate).toEqual({ kind: 'redirected', port: 15001, transparent: false });
  const inserted = rulesOf(
    Array.from({ length: 50_000 }, (_unused, port) => `-I OUTPUT -p tcp --dport ${port} -j RETURN`),
  );
  expect(evaluate(inserted, 'OUTPUT', PACKET).rule?.number).toBe(50_000 - 9080);
});

const CHAINS = 5;

/** A rule of a chain, which jumps only to those behind it. */
const ruleArb = (chain: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('', '-p tcp ', '-p udp ', '-m mark --mark 0x1 ', '-m mark ! --mark 0x3 ', '-d 10.96.0.0/16 '),
      fc.constantFrom(
        'RETURN',
        'MARK --set-xmark 0x1/0x1',
        'MARK --xor-mark 0x2',
        'ACCEPT',
        'REDIRECT --to-ports 7',
        'jump',
        'goto',
      ),
      fc.integer({ min: chain + 1, max: CHAINS }),
    )
    .map(([condition, target, to]) =>
      target === 'jump' || target === 'goto'
        ? `-A C${chain} ${condition}${target === 'jump' ? '-j' : '-g'} C${to}`
        : `-A C${chain} ${condition}-j ${target}`,
    );

const chainsArb = fc
  .tuple(
    ...Array.from({ length: CHAINS + 1 }, (_unused, chain) =>
      fc.array(
        chain === CHAINS ? fc.constantFrom('-A C5 -p udp -j RETURN', '-A C5 -j MARK --xor-mark 0x1') : ruleArb(chain),
        { minLength: 1, maxLength: 5 },
      ),
    ),
  )
  .map((chains) => ['-A OUTPUT -j C0', ...chains.flat()]);

/** Every way, as the words say it. */
function naive(rules: Ruleset, start: Packet): unknown {
  let packet = { ...start, mark: 0, connectionMark: 0 };
  const chains = rules.tables[0]?.chains;
  const through = (name: string): string | number | null => {
    for (const { conditions, target } of chains?.get(name)?.rules ?? []) {
      if (conditions.some((one) => one.holds(packet) !== true)) continue;
      if (target.kind === 'mark') packet = target.set(packet);
      if (target.kind === 'return') return null;
      if (target.kind === 'accept') return 'accept';
      if (target.kind === 'redirect') return target.port;
      if (target.kind !== 'jump' && target.kind !== 'goto') continue;
      const end = through(target.chain);
      if (end !== null || target.kind === 'goto') return end;
    }
    return null;
  };
  const end = through('OUTPUT');
  return typeof end === 'number' ? { kind: 'redirected', port: end, transparent: false } : { kind: 'passed' };
}

test('the answer is that of a walk of every way', () => {
  fc.assert(
    fc.property(chainsArb, (lines) => {
      const rules = rulesOf(lines);
      expect(evaluate(rules, 'OUTPUT', PACKET).fate).toEqual(naive(rules, PACKET));
    }),
    { numRuns: 500 },
  );
});
