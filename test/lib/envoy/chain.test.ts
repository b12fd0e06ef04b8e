/** Chains made for the test against roots. */
import { type Certificate, readCertificates } from '../../../src/lib/envoy/certificate';
import { distrustOf } from '../../../src/lib/envoy/chain';
import { issue, type Issued } from '../../helpers/certificates';

const NOW = new Date('2026-08-22T12:00:00Z');
const PAST = new Date('2026-08-01T00:00:00Z');
const FUTURE = new Date('2026-09-01T00:00:00Z');
const root = issue({ subject: 'root', isAuthority: true });
const intermediate = issue({ subject: 'intermediate', issuer: root, isAuthority: true });
const leaf = issue({ subject: 'leaf', issuer: intermediate, uris: ['spiffe://cluster.local/ns/a/sa/b'] });
const of = (...issued: readonly Issued[]): readonly Certificate[] =>
  issued.flatMap(({ pem }) => readCertificates(pem).flatMap(({ certificate }) => certificate ?? []));

test.each<[what: string, chain: readonly Issued[], roots: readonly Issued[], because: RegExp | null]>([
  ['through an intermediate that comes with it', [leaf, intermediate], [root], null],
  ['the root comes, too', [leaf, intermediate, root], [root], null],
  ['an intermediate among the roots', [leaf], [intermediate], null],
  ['the intermediate is not sent', [leaf], [root], /no root of theirs issued spiffe:\/\/cluster.local\/ns\/a\/sa\/b/],
  [
    'another mesh',
    [leaf, intermediate],
    [issue({ subject: 'root', isAuthority: true })],
    /no root of theirs issued CN=intermediate/,
  ],
  ['one of several roots', [leaf, intermediate], [issue({ subject: 'x', isAuthority: true }), root], null],
  ['no certificate', [], [root], /no certificate/],
  ['no root', [leaf], [], /no root/],
])('%s', (_what, chain, roots, because) => {
  const found = distrustOf(of(...chain), of(...roots), NOW);
  if (because === null) expect(found).toBeNull();
  else expect(found).toMatch(because);
});

test.each<[what: string, chain: readonly Issued[], roots: readonly Issued[], because: string]>([
  ...(() => {
    const expired = issue({ subject: 'old', issuer: root, notAfter: PAST });
    const early = issue({ subject: 'new', issuer: root, notBefore: FUTURE });
    const oldRoot = issue({ subject: 'old root', isAuthority: true, notAfter: PAST });
    const plain = issue({ subject: 'no authority', issuer: root });
    return [
      ['an expired leaf', [expired], [root], 'CN=old is expired'],
      ['a leaf of the future', [early], [root], 'CN=new is not yet valid'],
      ['an expired root', [issue({ subject: 'l', issuer: oldRoot })], [oldRoot], 'CN=old root is expired'],
      [
        'an issuer that is no authority',
        [issue({ subject: 'l', issuer: plain }), plain],
        [root],
        'no root of theirs issued CN=l (issuer CN=no authority)',
      ],
    ] as [string, readonly Issued[], readonly Issued[], string][];
  })(),
])('%s', (_what, chain, roots, because) => {
  expect(distrustOf(of(...chain), of(...roots), NOW)).toBe(because);
});

test('authorities that signed each other do not go on for ever', () => {
  const one = issue({ subject: 'one', isAuthority: true });
  const crossed = issue({ subject: 'one', issuer: issue({ subject: 'one', isAuthority: true }), isAuthority: true });
  expect(distrustOf(of(issue({ subject: 'l', issuer: one }), one, crossed), of(root), NOW)).toMatch(
    /no root of theirs/,
  );
});
