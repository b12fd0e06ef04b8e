/** Texts that are no rules, or rules that the kernel refuses: each is named with its line, and never read as no rules. */
import { parseRules } from '../../../src/lib/iptables/parse';

function brokenOf(text: string): string | null {
  const read = parseRules(text);
  return read.kind === 'rules' ? null : `${read.line}: ${read.because}`;
}

const nat = (...lines: readonly string[]): string =>
  ['*nat', ':OUTPUT ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n');
const OUTPUT_CHAIN =
  'Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target     prot opt in     out     source               destination\n';
const NFT =
  'table ip nat {\n\tchain OUTPUT {\n\t\ttype nat hook output priority -100; policy accept;\n\t\tmeta l4proto tcp counter redirect to :15001\n\t}\n}\n';

/** What it is, the text, and how its fault begins. */
const BROKEN: readonly (readonly [what: string, text: string, fault: string])[] = [
  ['a page of HTML', '<!DOCTYPE html>\n<html>', '1: "<!DOCTYPE html>" is not a line of iptables-save'],
  ['nothing', '', '1: the text is empty'],
  ['only comments', '# Warning: iptables-legacy tables present\n', '1: no table of rules follows'],
  ["a shell's error", 'iptables-save: command not found', '1: "iptables-save: command not found" is not a line'],
  [
    'a table that was cut off',
    '*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -j REDIRECT --to-ports 15001\n',
    '1: table nat has no COMMIT',
  ],
  ['a rule that was cut off', nat('-A OUTPUT -p'), '3: the option "-p" has no value'],
  ['a target that was cut off', nat('-A OUTPUT -p tcp -j'), '3: the option "-j" has no value'],
  ['a word that is no option', nat('-A OUTPUT tcp -j RETURN'), '3: "tcp" stands where an option'],
  ['a rule of no chain', nat('-A -p tcp -j RETURN'), '3: a rule without the name of its chain'],
  ['a policy that is none', '*nat\n:OUTPUT MAYBE [0:0]\nCOMMIT', '2: "MAYBE" is not a policy'],
  ['a port that is none', nat('-A OUTPUT -p tcp --dport 65536 -j RETURN'), '3: "65536" is not a port'],
  [
    'a port to redirect to that is none',
    nat('-A OUTPUT -p tcp -j REDIRECT --to-ports abc'),
    '3: "abc" is not a port to',
  ],
  ['an address that is none', nat('-A OUTPUT -d 10.0.0.300/8 -j RETURN'), '3: "10.0.0.300/8" is not an address'],
  ['a range that is too long', nat('-A OUTPUT -d 10.0.0.0/33 -j RETURN'), '3: "10.0.0.0/33" is not an address'],
  ['a mark that is none', nat('-A OUTPUT -m mark --mark zz -j RETURN'), '3: "zz" is not a mark'],
  ['a protocol that is none', nat('-A OUTPUT -p \u001b[31mtcp -j RETURN'), '3: " [31mtcp" is not a protocol'],
  ['a protocol beyond 255', nat('-A OUTPUT -p 300 -j RETURN'), '3: "300" is not a protocol'],
  ['ports from a high to a low one', nat('-A OUTPUT -p tcp --dport 200:100 -j RETURN'), '3: "200:100" is not a port'],
  ['a comment without end', nat('-A OUTPUT -m comment --comment "x -p tcp -j RETURN'), '3: the text "\\"x" has no end'],
  ['an insertion behind the end', nat('-I OUTPUT 3 -p tcp -j RETURN'), '3: the chain has no rule 3'],
  ['two tables without COMMIT', '*nat\n*filter\nCOMMIT', '2: table "filter" begins before the COMMIT of table nat'],
  [
    'a jump to its own chain',
    nat(':A - [0:0]', '-A OUTPUT -j A', '-A A -j A'),
    '5: chain A jumps back to itself (A → A)',
  ],
  [
    'a loop of three chains',
    nat(':A - [0:0]', ':B - [0:0]', '-A OUTPUT -j A', '-A A -p tcp -j B', '-A B -g A'),
    '7: chain A jumps back to itself (A → B → A): the kernel refuses such rules',
  ],
  [
    'a rule before the first table',
    `-A OUTPUT -j ACCEPT\n${nat()}`,
    '2: table "nat" begins behind rules that are in none',
  ],
  ['a rule behind the last table', `${nat()}-A OUTPUT -j ACCEPT\n`, '4: "-A OUTPUT -j ACCEPT" is in no table'],
  [
    'ports to redirect to from a high to a low one',
    nat('-A OUTPUT -p tcp -j REDIRECT --to-ports 15001-15000'),
    '3: "15001-15000" is not a port to',
  ],
  [
    'iptables -S of the table that it takes by itself',
    '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n',
    '1: the chains are those of table filter alone',
  ],
  [
    'iptables -L of the table that it takes by itself',
    ['INPUT', 'FORWARD', 'OUTPUT'].map((name) => `${OUTPUT_CHAIN.replace('OUTPUT', name)}\n`).join(''),
    '1: the chains are those of table filter alone',
  ],
  ['a listing with an odd row', `${OUTPUT_CHAIN} 0 0 what is this\n`, '3: "0 0 what is this" is not a row'],
  ['nft that was cut off', NFT.slice(0, -3), '1: table "nat" is not closed'],
  ['nft with a line outside', `${NFT}nonsense\n`, '7: "nonsense" stands where a table is expected'],
  ['nft with a line in a table', NFT.replace('\tchain', '\tnonsense\n\tchain'), '2: "nonsense" stands where a chain'],
];

test.each(BROKEN)('%s is broken, and the line is named', (_what, text, fault) => {
  expect(brokenOf(text)).toContain(fault);
});

test('a name makes no line, and is cut', () => {
  expect(brokenOf(`\u001b[31m\u2028${'x'.repeat(500)}`)).toMatch(
    /^1: " \[31m x{50,}…" is not a line of iptables-save$/,
  );
});

/** What people save, with what stands around it. */
const WHOLE: readonly (readonly [what: string, text: string])[] = [
  ['iptables-save', nat('-A OUTPUT -p tcp -j REDIRECT --to-ports 15001')],
  ['with counters', nat('[3:180] -A OUTPUT -p tcp -j REDIRECT --to-ports 15001')],
  ['with Windows line ends', nat('-A OUTPUT -p tcp -j RETURN').replaceAll('\n', '\r\n')],
  ['behind what kubectl says', `Defaulted container "istio-proxy" out of: istio-proxy, app\n${nat()}`],
  ['iptables -S', '-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n-N ISTIO_OUTPUT\n-A OUTPUT -p tcp -j ISTIO_OUTPUT\n'],
  ['a loop that no packet comes to', nat(':A - [0:0]', '-A A -j A')],
  [
    'a listing behind its command',
    `$ iptables -t nat -L -v -n\n${OUTPUT_CHAIN}    0     0 RETURN     all  --  *      lo      0.0.0.0/0            0.0.0.0/0\n\nChain POSTROUTING (policy ACCEPT)\n`,
  ],
  [
    'nft with a set',
    NFT.replace(
      '\tchain',
      '\tset own {\n\t\ttype ipv4_addr\n\t\telements = { 10.0.0.1,\n\t\t\t10.0.0.2 }\n\t}\n\tchain',
    ),
  ],
  ['an extension that is not known', nat('-A OUTPUT -m physdev --physdev-is-bridged -j ACCEPT', '-A OUTPUT -j XYZ')],
];

test.each(WHOLE)('%s is read', (_what, text) => {
  expect(brokenOf(text)).toBeNull();
});
