/** What an accepted token leaves behind: its payload as metadata, headers from claims, the token's header taken away. */
import { type HttpMessage, withHeader, withoutHeaders } from '../../../http/message';
import { type Claims, withLists } from './claims';
import { type FilterResult, type FilterRun, goesOn } from './handler';
import { CLAIMS_INPUT, JWT_NAMESPACE, type JwtProvider, type Tokens, type TokenVerdict } from './jwt-requirement';
import { watcher } from '../../../match/watch';
import { type Ternary, unknown } from '../../../match/ternary';
import { ownField } from '../../../own-field';

const NOT_REQUIRED = { kind: 'token-not-required', why: null } as const;

/** Without `--claim` what the payload of a token says stays unknown, whether or not one is required. */
export function acceptToken(
  run: FilterRun,
  tokens: Tokens,
  { provider: name }: Extract<TokenVerdict, { kind: 'accepted' }>,
): FilterResult {
  if (tokens.claims === null) {
    // Without a token there is no payload either.
    if (tokens.carried() !== false) tokens.writeUnknown(run.input.state);
    const left = withUnknownCopies(run.message, tokens);
    return { ...goesOn(run, NOT_REQUIRED), message: left, findsRouteAgain: mayFindRouteAgain(tokens) };
  }
  const message = withoutHeaders(run.message, tokens.sanitized);
  const provider = name === null ? undefined : ownField(tokens.providers, name);
  if (name === null || provider === undefined) return { ...goesOn(run, NOT_REQUIRED), message };
  const claims = withLists(tokens.claims, provider.normalize_payload_in_metadata?.space_delimited_claims ?? []);
  const key = provider.payload_in_metadata ?? '';
  if (key !== '') run.input.state.setMetadata(JWT_NAMESPACE, { [key]: claims });
  const copies = (provider.claim_to_headers ?? []).some(
    ({ claim_name: claim = '' }) => typeof claims[claim] === 'string',
  );
  return {
    ...goesOn(run, { kind: 'token-accepted', provider: name }),
    message: forwarded(message, provider, claims),
    findsRouteAgain: provider.clear_route_cache === true && (key !== '' || copies),
  };
}

/** The request without the headers that a client may not bring; where it may have a token, what that writes into them is not known. */
export function withUnknownCopies(message: HttpMessage, tokens: Tokens): HttpMessage {
  const names = tokens.sanitized;
  if (tokens.carried() === false) return withoutHeaders(message, names);
  return names.reduce((result, name) => withHeader(result, name, unknown(CLAIMS_INPUT)), message);
}

/** The request as the filter leaves it: the token's header taken away, claims copied into headers. */
function forwarded(message: HttpMessage, provider: JwtProvider, claims: Claims): HttpMessage {
  let result = message;
  if (provider.forward !== true && provider.from_headers === undefined) {
    result = { ...result, headers: result.headers.filter(([name]) => name !== 'authorization') };
  }
  const { forward_payload_header: payload = '' } = provider;
  if (payload !== '') result = withHeader(result, payload.toLowerCase(), unknown("the payload of the request's JWT"));
  for (const { header_name: header = '', claim_name: claim = '' } of provider.claim_to_headers ?? []) {
    const value = claims[claim];
    watcher()?.token({ kind: 'present', claim });
    watcher()?.copiesClaim(claim, header.toLowerCase());
    if (typeof value === 'string') result = withHeader(result, header.toLowerCase(), value);
  }
  return result;
}

/** Whether a token of which no claims are known may have the route found again: only where something of it is written. */
export function mayFindRouteAgain(tokens: Tokens): Ternary {
  const writes = ({ payload_in_metadata: key = '', claim_to_headers: copied = [] }: JwtProvider): boolean =>
    key !== '' || copied.length > 0;
  const may = Object.values(tokens.providers).some((one) => one.clear_route_cache === true && writes(one));
  return may && tokens.carried() !== false && unknown(CLAIMS_INPUT);
}
