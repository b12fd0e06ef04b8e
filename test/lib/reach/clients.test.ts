/** Classes of clients: TLS, server names, protocols, principals, addresses and tokens. RUNS=N draws so many listeners. */
import fc from 'fast-check';
import { classesAt } from '../../../src/lib/reach/classes';
import type { ReachClass } from '../../../src/lib/reach/explore';
import { type ClassOutcome, outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { queryOf } from '../../../src/lib/reach/query';
import { outcomesOf, reach } from '../../../src/lib/reach/reach';
import { parseWhere } from '../../../src/lib/reach/where';
import { near, ofRoutes, walked, WAY } from '../../helpers/reach';
import { askingProxies } from '../../helpers/reach-clients';

const RUNS = Number(process.env['RUNS'] ?? 40);
const MOST = 400;

it('puts every client in exactly one class, and ends as it says', async () => {
  const dimensions = new Set<string>();
  let exact = 0;
  await fc.assert(
    fc.asyncProperty(askingProxies, fc.nat(), async (source, seed) => {
      const from = walked(source);
      const found = await classesAt(
        outcomesOf(from, () => true),
        WAY,
        [],
        MOST,
      );
      if (found.left > 0) return;
      for (const { cell } of found.wanted) for (const one of found.matters(cell)) dimensions.add(one);
      for (const values of fc.sample(near(found.classes.map(({ witness }) => witness)), { numRuns: 40, seed })) {
        const own = found.classes.filter(({ cell }) => cell.has(values));
        expect(own).toHaveLength(1);
        const [one] = own as [ReachClass<ClassOutcome>];
        if (one.unsplit.length > 0) continue;
        exact += 1;
        const traced = outcomeOf(await from.trace(queryOf(values, WAY)));
        expect(outcomeKey(traced)).toBe(outcomeKey(one.result));
      }
    }),
    { numRuns: RUNS },
  );
  expect([...dimensions].sort()).toEqual(
    expect.arrayContaining(['alpn', 'claim:role', 'path', 'principal', 'sni', 'source-ip', 'tls', 'token']),
  );
  if (process.env['RUNS'] !== undefined) process.stderr.write(`${exact} clients\n`);
}, 3_600_000);

it('proves each witness, as it is printed', async () => {
  await fc.assert(
    fc.asyncProperty(askingProxies, async (source) => {
      await reach(walked(source), { where: [], fixed: {}, oneHop: true, most: MOST, wants: () => true });
    }),
    { numRuns: 15 },
  );
}, 600_000);

it.each([
  ['tls=mtls', '!principal=spiffe://cluster.local/ns/a/sa/x'],
  ['principal=spiffe://cluster.local/ns/a/*', 'source-ip=10.0.0.0/8'],
  ['!sni=a.example', '!token'],
  ['sni=*.example', 'claim:role=admin'],
  ['namespace=a', '!claim:role=admin'],
])(
  'takes only what is asked about: %s %s',
  async (...texts) => {
    const where = texts.map(parseWhere);
    await fc.assert(
      fc.asyncProperty(askingProxies, async (source) => {
        const found = await classesAt(
          outcomesOf(walked(source), () => true),
          WAY,
          where,
          MOST,
        );
        for (const { witness } of found.classes) {
          const query = queryOf(witness, WAY);
          const text = JSON.stringify(query);
          for (const one of texts)
            expect(`${one} ${String(holds(one, query))}`).toBe(`${one} ${String(!one.startsWith('!'))}`);
          expect(text).not.toBe('');
        }
      }),
      { numRuns: 10 },
    );
  },
  600_000,
);

function holds(text: string, query: ReturnType<typeof queryOf>): boolean {
  const own = text.replace('!', '');
  const { tls, sourcePrincipal = '', sourceIp = '', sni = '', claims = {} } = query;
  const tests: Readonly<Record<string, boolean>> = {
    'tls=mtls': tls === 'mtls',
    'principal=spiffe://cluster.local/ns/a/sa/x': sourcePrincipal === 'spiffe://cluster.local/ns/a/sa/x',
    'principal=spiffe://cluster.local/ns/a/*': sourcePrincipal.startsWith('spiffe://cluster.local/ns/a/'),
    'namespace=a': sourcePrincipal.includes('/ns/a/'),
    'source-ip=10.0.0.0/8': sourceIp.startsWith('10.'),
    'sni=a.example': sni === 'a.example',
    'sni=*.example': sni.endsWith('.example'),
    token: Object.keys(claims).length > 0,
    'claim:role=admin': claims['role'] === 'admin',
  };
  return tests[own]!;
}

it('tells a claim that is a list, which is written into no header, from one that is a text', async () => {
  const jwt = {
    name: 'jwt',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
      providers: {
        a: { issuer: 'https://a.example', claim_to_headers: [{ header_name: 'x-role', claim_name: 'role' }] },
      },
      rules: [{ match: { prefix: '/' }, requires: { provider_name: 'a' } }],
    },
  };
  const rbac = {
    name: 'rbac',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
      rules: {
        action: 'DENY',
        policies: {
          p: {
            permissions: [{ header: { name: 'x-role', string_match: { exact: 'admin' } } }],
            principals: [{ any: true }],
          },
        },
      },
    },
  };
  const from = ofRoutes([{ match: { prefix: '/' }, direct_response: { status: 200 } }], {}, [jwt, rbac]);
  const { classes } = await classesAt(
    outcomesOf(from, () => true),
    WAY,
    [],
    MOST,
  );
  const token = [
    ['token', 'valid'],
    ['claim:iss', 'https://a.example'],
    ['claim:aud', 'example'],
    ['tls', 'plaintext'],
    ['alpn', 'h2,http/1.1'],
    ['principal', 'spiffe://cluster.local/ns/default/sa/default'],
    ['source-ip', '203.0.113.7'],
    ['host', 'example.com'],
    ['path', '/'],
    ['method', 'GET'],
    ['header:x-role', 'admin'],
  ] as const;
  for (const [role, verdict] of [
    // The client's own header is taken away before the claims are written, a list into none.
    ['["dev"]', 'direct-response'],
    ['["admin"]', 'direct-response'],
    ['dev', 'direct-response'],
    ['admin', 'denied'],
  ] as const) {
    const values = new Map<string, string>([...token, ['claim:role', role]]);
    const own = classes.filter(({ cell }) => cell.has(values));
    expect(own.map(({ result }) => result.verdict)).toEqual([verdict]);
    expect((await from.trace(queryOf(values, WAY))).verdict).toBe(verdict);
  }
});
