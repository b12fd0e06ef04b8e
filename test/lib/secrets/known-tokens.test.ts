/** Tokens that are known by their form, wherever in a text they stand, and texts that only look a little like them. */
import * as fc from 'fast-check';
import { shownText } from '../../../src/lib/secrets/redact';

const ALPHABETS = {
  word: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
} as const;

type Part = string | readonly [alphabet: keyof typeof ALPHABETS, length: number];

/** Each as the pieces that it is made of: what is fixed, and what is drawn. */
const TOKENS: readonly (readonly Part[])[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'npm_'].map((mark): readonly Part[] => [mark, ['word', 36]]),
  ['github_pat_', ['word', 22], '_', ['word', 59]],
  ...['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glsoat-', 'glft-', 'glimt-', 'glffct-', 'glagent-'].map(
    (mark): readonly Part[] => [mark, ['word', 20]],
  ),
  ['glcbt-64_', ['word', 20]],
  ['GR1348941', ['word', 20]],
  ['ATATT3xFfGF0', ['word', 180]],
  ['ATBB', ['word', 32]],
  ['xoxb-', ['hex', 12], '-', ['word', 24]],
  ['xapp-1-A', ['word', 10], '-', ['hex', 64]],
  ['xoxe.xoxp-1-', ['word', 60]],
  ['sk_live_', ['word', 24]],
  ['rk_test_', ['word', 24]],
  ['whsec_', ['word', 32]],
  ['shpat_', ['hex', 32]],
  ['sq0atp-', ['word', 22]],
  ['sk-', ['word', 20], 'T3BlbkFJ', ['word', 20]],
  ['sk-proj-', ['word', 74]],
  ['sk-ant-api03-', ['word', 90]],
  ['gsk_', ['word', 52]],
  ['hf_', ['word', 34]],
  ['xai-', ['word', 80]],
  ['r8_', ['word', 37]],
  ['AKIA', ['upper', 16]],
  ['ASIA', ['upper', 16]],
  ['AIza', ['word', 35]],
  ['ya29.', ['word', 60]],
  ['1//0', ['word', 60]],
  ['GOCSPX-', ['word', 28]],
  ['dop_v1_', ['hex', 64]],
  ['HRKU-', ['word', 60]],
  ['dapi', ['hex', 32]],
  ['dp.pt.', ['word', 43]],
  ['pscale_tkn_', ['word', 43]],
  ['tskey-auth-k', ['word', 10], 'CNTRL-', ['word', 30]],
  ['hvs.', ['word', 90]],
  ['cio', ['word', 32]],
  ['b.AAAAAQ', ['word', 80]],
  ['xkeysib-', ['hex', 64], '-', ['word', 16]],
  ['tmprl_', ['word', 32], '_', ['word', 32]],
  ['re_', ['word', 8], '_', ['word', 24]],
  ['token-x7k2p:', ['lower', 54]],
  ['11', ['hex', 32]],
  ['rubygems_', ['hex', 48]],
  ['pypi-AgEIcHlwaS5vcmc', ['word', 60]],
  ['dckr_pat_', ['word', 27]],
  ['dckr_oat_', ['word', 32]],
  ['oy2', ['lower', 43]],
  ['AKCp', ['word', 69]],
  ['dt0c01.', ['upper', 24], '.', ['upper', 64]],
  ['NRAK-', ['upper', 27]],
  [['hex', 36], 'NRAL'],
  ['glsa_', ['word', 32], '_', ['hex', 8]],
  ['sntrys_', ['word', 60]],
  ['PMAK-', ['hex', 24], '-', ['hex', 34]],
  ['SK', ['hex', 32]],
  ['key-', ['hex', 32]],
  [['hex', 32], '-us12'],
  ['SG.', ['word', 22], '.', ['word', 43]],
  ['secret_', ['word', 43]],
  ['v2.local.', ['word', 100]],
  [['word', 14], '.atlasv1.', ['word', 60]],
  [['word', 3], '8Q~', ['word', 34]],
  [['word', 76], 'AZDO', ['word', 4]],
  ['$2y$10$', ['word', 53]],
  ['$apr1$abcdefgh$', ['word', 22]],
  ['$P$B', ['word', 31]],
  ['md5', ['hex', 32]],
  ['SCRAM-SHA-256$4096:', ['word', 22], '$', ['word', 43], ':', ['word', 43]],
  ['pbkdf2_sha256$260000$', ['word', 22], '$', ['word', 43]],
  [['hex', 32], ':', ['hex', 32]],
  ['eyJhbGciOiJSU0EtT0FFUCJ9.', ['word', 80], '.', ['word', 16], '.', ['word', 60], '.', ['word', 22]],
  ['eyJhbGciOiJkaXIiLCJlbmMiOiJ9..', ['word', 22], '.', ['word', 60], '.', ['word', 22]],
];

const PLACES: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => `kept ${token} kept`,
  (token) => `http://kept-host/a/${token}`,
  (token) => `kept="${token}"`,
  (token) => `{"kept": ["${token}"]}`,
  (token) => `kept_${token}`,
];

const drawn = (parts: readonly Part[]): fc.Arbitrary<readonly string[]> =>
  fc.tuple(
    ...parts.map((part) =>
      typeof part === 'string'
        ? fc.constant(part)
        : fc.string({
            unit: fc.constantFrom(...Array.from(ALPHABETS[part[0]])),
            minLength: part[1],
            maxLength: part[1],
          }),
    ),
  );

test.each(
  TOKENS.map((parts) => [parts.map((part) => (typeof part === 'string' ? part : '…')).join(''), parts] as const),
)('%s', (_name, parts) => {
  fc.assert(
    fc.property(drawn(parts), (pieces) => {
      // A token of letters alone, which chance hardly makes, may be a name.
      fc.pre(
        pieces.every(
          (piece, at) => typeof parts[at] === 'string' || piece.length < 10 || /\d/.test(piece.slice(0, 30)),
        ),
      );
      const secrets = pieces.filter((piece, at) => typeof parts[at] !== 'string' && piece.length > 9);
      for (const place of PLACES.slice(
        0,
        /^(?:\$|md5|\.)/.test(pieces.join('')) || typeof parts[0] !== 'string' ? 5 : 6,
      )) {
        const shown = shownText(place(pieces.join('')));
        expect([shown, secrets.filter((secret) => shown.includes(secret))]).toEqual([shown, []]);
      }
    }),
    { numRuns: 10 },
  );
});

test.each([
  'outbound|9080||reviews.default.svc.cluster.local',
  'sk-SK.utf8',
  'fw_filter',
  'hf_model',
  'xai-gateway',
  'dapi-server.default.svc.cluster.local',
  'key-value-store',
  'EAAA',
  'secret_name',
  'productpage-v1-6b746f74dc-9stvs',
  'ghcr.io/istio/proxyv2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  '2fa5cbe4-8b4c-4f3e-9d53-2f0d1f1c2a3b',
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
  '/v1.0/spaces/12345/members',
  'spiffe://cluster.local/ns/bookinfo/sa/bookinfo-productpage',
  'v1.local.example.com',
  'orders.productionspace1',
  'backend.team42environ1xyz',
  's.reviews.default.svc.cluster.local',
  'nginx:1.25-Alpine3',
  'reviews:Version1a',
  'https://kept.example/api/HttpConnectionManagerV3Config1/x',
  'https://kept.example/build/0123456789abcdef0123456789abcdef01234567',
  'mysql -p 3306',
  'PASS all tests',
])('%s is none', (text) => {
  expect(shownText(text)).toBe(text);
});
