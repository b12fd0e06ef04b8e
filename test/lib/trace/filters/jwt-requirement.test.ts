/** What requirements make of tokens, as a real Envoy 1.37 answered each of these requests with a signed token. */
import { isEnding } from '../../../../src/lib/trace/hop/ending';
import { HopRecord } from '../../../../src/lib/trace/hop/record';
import { runHttpFilters } from '../../../../src/lib/trace/filters/http-filters';
import type { HttpFilterInput } from '../../../../src/lib/trace/filters/shared/input';
import type { Outcome } from '../../../../src/lib/trace/model';
import { contextOf, filterOf, httpInput, messageOf } from '../../../helpers/filters';

const EXT = 'envoy.extensions.filters.http';
const ROUTER = filterOf('envoy.filters.http.router', `${EXT}.router.v3.Router`);

const provider = (issuer: string, more: object = {}): object => ({ issuer, ...more });
const PROVIDERS = { p: provider('i'), q: provider('q'), a: provider('a', { audiences: ['ok'] }) };
const OPEN = { ...PROVIDERS, n: provider('') };

type Requirement = Readonly<Record<string, unknown>>;
const of = (name: string): Requirement => ({ provider_name: name });
const any = (...requirements: readonly Requirement[]): Requirement => ({ requires_any: { requirements } });
const all = (...requirements: readonly Requirement[]): Requirement => ({ requires_all: { requirements } });
const MISSING = { allow_missing: {} };
const FAILED = { allow_missing_or_failed: {} };
const FOR_Z = { provider_and_audiences: { provider_name: 'q', audiences: ['z'] } };

function filter(config: object): object {
  return filterOf('envoy.filters.http.jwt_authn', `${EXT}.jwt_authn.v3.JwtAuthentication`, config);
}

/** How the request ends at the filter; null where it goes on. */
function endOf(jwt: object, more: Partial<HttpFilterInput>): Outcome | null {
  const result = runHttpFilters(httpInput([jwt, ROUTER], more), new HopRecord('a.b', 'inbound'));
  return isEnding(result) ? result.outcome : null;
}

function statusOf(requires: Requirement, claims: Record<string, string>, providers: object = PROVIDERS): number | null {
  const jwt = filter({ providers, rules: [{ match: { prefix: '/' }, requires }] });
  return endOf(jwt, { context: contextOf({ claims }) })?.status ?? null;
}

/** A provider that takes some subjects alone. */
const OF_SUBJECTS = { s: provider('i', { audiences: ['ok'], subjects: { prefix: 'spiffe://' } }) };

it.each<[string, Record<string, string>, number | null]>([
  ['a subject that fits', { iss: 'i', aud: 'ok', sub: 'spiffe://a' }, null],
  ['another subject', { iss: 'i', aud: 'ok', sub: 'me' }, 401],
  ['another subject and another audience', { iss: 'i', aud: 'no', sub: 'me' }, 403],
  ['another audience', { iss: 'i', aud: 'no', sub: 'spiffe://a' }, 403],
])('subjects: %s', (_name, claims, status) => {
  expect(statusOf(of('s'), claims, OF_SUBJECTS)).toBe(status);
  expect(statusOf(MISSING, claims, OF_SUBJECTS)).toBe(status);
});

it('names the subject where it is not given', () => {
  const jwt = filter({ providers: OF_SUBJECTS, rules: [{ match: { prefix: '/' }, requires: of('s') }] });
  const record = new HopRecord('a.b', 'inbound');
  const input = httpInput([jwt, ROUTER], { context: contextOf({ claims: { iss: 'i', aud: 'ok' } }) });
  const end = runHttpFilters(input, record);
  expect(isEnding(end) ? end.outcome.verdict : null).toBe('unknown');
  expect(JSON.stringify(record.toHop().steps)).toContain('--claim sub=VALUE');
});

const NONE = {};
const OF_I = { iss: 'i' };
const OF_Q = { iss: 'q' };
const OF_Z = { iss: 'zz' };
const TO_Y = { iss: 'q', aud: '["y","w"]' };
const TO_X = { iss: 'a', aud: 'x' };
const TO_OK = { iss: 'a', aud: '["ok","x"]' };

it.each<[string, Requirement, Record<string, string>, number | null]>([
  ['nothing required: no token', {}, NONE, null],
  ['nothing required: another issuer', {}, OF_Z, null],
  ['may lack: none', MISSING, NONE, null],
  ['may lack: a valid one of a provider', MISSING, OF_I, null],
  ['may lack: another issuer', MISSING, OF_Z, 401],
  ['may lack: the audience that its provider wants', MISSING, TO_OK, null],
  ['may lack: another audience', MISSING, TO_X, 403],
  ['may fail: another audience', FAILED, TO_X, null],
  ['one of two: another issuer', any(of('p'), of('q')), OF_Z, 401],
  ['one of two: the second', any(of('p'), of('q')), OF_Q, null],
  ['one of two: an audience outweighs an issuer, last', any(of('p'), of('a')), TO_X, 403],
  ['one of two: an audience outweighs an issuer, first', any(of('a'), of('p')), TO_X, 403],
  ['one, or none: a token of another provider', any(of('p'), MISSING), OF_Q, 401],
  ['one, or none: none', any(MISSING, of('p'), of('q')), NONE, null],
  ['an audience, or none: another audience', any(FOR_Z, MISSING), TO_Y, 403],
  ['an audience, or any other: another audience', any(FOR_Z, FAILED), TO_Y, null],
  ['both: a token can be of one alone', all(of('p'), of('q')), OF_I, 401],
  ['may lack, and one: the one', all(MISSING, of('p')), OF_I, null],
  ['may lack, and one: another', all(MISSING, of('p')), OF_Q, 401],
  ['may lack, and one: another audience', all(MISSING, of('p')), TO_X, 403],
  ['two alternatives: one alone', all(any(of('p'), MISSING), any(of('q'), MISSING)), OF_I, 401],
  ['may lack, or an inner alternative: none', any(MISSING, any(of('q'), of('p'))), NONE, null],
  ['may lack, or an inner alternative: another issuer', any(MISSING, any(of('q'), of('p'))), OF_Z, 401],
  ['may lack or fail alone: another audience', any(MISSING, FAILED), TO_X, null],
])('%s', (_what, requires, claims, status) => {
  expect(statusOf(requires, claims)).toBe(status);
});

it('a provider without an issuer takes the tokens that are of no other', () => {
  expect(statusOf(MISSING, OF_Z, OPEN)).toBeNull();
  expect(statusOf(MISSING, TO_X, OPEN)).toBe(403);
});

it('a route that names a requirement that is not there is closed', () => {
  const own = { '@type': `type.googleapis.com/${EXT}.jwt_authn.v3.PerRouteConfig`, requirement_name: 'gone' };
  const jwt = filter({ providers: PROVIDERS, requirement_map: { r: MISSING } });
  const route = { typed_per_filter_config: { 'envoy.filters.http.jwt_authn': own } };
  expect(endOf(jwt, { route })).toMatchObject({ verdict: 'denied', reason: 'jwt-denied', status: 403 });
});

it('the prefix of a value may stand behind other text', () => {
  const providers = { p: provider('i', { from_headers: [{ name: 'x-t', value_prefix: 'T:' }] }) };
  const jwt = filter({ providers, rules: [{ match: { prefix: '/' }, requires: any(of('p'), MISSING) }] });
  const end = (value: string) => endOf(jwt, { message: messageOf({ headers: [['x-t', value]] }) })?.verdict;
  expect(end('a T:b.c.d')).toBe('unknown');
  expect(end('T')).toBeUndefined();
});
