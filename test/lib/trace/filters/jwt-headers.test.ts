/** Headers into which a JWT's claims and payload are written: what a client sends there itself does not count. */
import type { Route } from '../../../../src/lib/envoy/route';
import { ofRoutes } from '../../../helpers/reach';

const PROVIDERS = {
  a: {
    issuer: 'https://a.example',
    claim_to_headers: [{ header_name: 'X-Role', claim_name: 'role' }],
    forward: true,
  },
  b: {
    issuer: 'https://b.example',
    claim_to_headers: [{ header_name: 'x-group', claim_name: 'group' }],
    forward: true,
  },
  c: { issuer: 'https://c.example', forward_payload_header: 'X-Payload' },
};
const MAY_BE_MISSING = {
  requires_any: {
    requirements: [{ provider_name: 'a' }, { provider_name: 'b' }, { provider_name: 'c' }, { allow_missing: {} }],
  },
};
async function statusOf(requires: object, claims: Record<string, string>, header: readonly [string, string]) {
  const type = 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication';
  const rules = [{ match: { prefix: '/' }, requires }];
  const filter = { name: 'jwt', typed_config: { '@type': type, providers: PROVIDERS, rules } };
  const route = (status: number): Route => ({ match: { prefix: '/' }, direct_response: { status } });
  const policy = (name: string, exact: string) => ({
    permissions: [{ header: { name, string_match: { exact } } }],
    principals: [{ any: true }],
  });
  const rbac = {
    name: 'rbac',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
      rules: {
        action: 'DENY',
        policies: {
          role: policy('x-role', 'admin'),
          group: policy('x-group', 'ops'),
          payload: policy('x-payload', 'own'),
        },
      },
    },
  };
  const trace = await ofRoutes([route(210)], {}, [filter, rbac]).trace({
    url: 'http://a.test:8080/',
    originalDst: { ip: '192.0.2.7', port: 8080 },
    mode: 'gateway',
    headers: [header],
    claims,
  });
  return trace.policy ?? trace.status ?? trace.verdict;
}

const A = { iss: 'https://a.example' };
const C = { iss: 'https://c.example' };
const B = { iss: 'https://b.example' };

it.each<[string, object, Record<string, string>, readonly [string, string], string | number]>([
  ['of the provider whose token it is', { provider_name: 'a' }, A, ['x-role', 'admin'], 210],
  ['written from the claim', { provider_name: 'a' }, { ...A, role: 'admin' }, ['x-role', 'none'], 'role'],
  ['of a provider before it that was tried', MAY_BE_MISSING, B, ['x-role', 'admin'], 210],
  ['of a provider behind it that was not', MAY_BE_MISSING, A, ['x-group', 'ops'], 'group'],
  ['where there is no token, of all that were tried', MAY_BE_MISSING, {}, ['x-group', 'ops'], 210],
  ['of every provider where a token may fail', { allow_missing_or_failed: {} }, A, ['x-group', 'ops'], 210],
  ['of every provider where a token may lack', { allow_missing: {} }, {}, ['x-group', 'ops'], 210],
  ['of none where none is required', {}, A, ['x-role', 'admin'], 'role'],
  ['of the payload, whose text is not known', { provider_name: 'c' }, C, ['x-payload', 'own'], 'unknown'],
  ['of the payload, where there is no token', MAY_BE_MISSING, {}, ['x-payload', 'own'], 210],
])('a header %s', async (_what, requires, claims, header, end) => {
  expect(await statusOf(requires, claims, header)).toBe(end);
});
