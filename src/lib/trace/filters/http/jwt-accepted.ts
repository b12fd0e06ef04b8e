/** What an accepted token leaves behind: its payload as metadata, headers from claims, the token's header taken away. */
import { type HttpMessage, withHeader } from '../../../http/message';
import { type Claims, withLists } from './claims';
import { type FilterResult, type FilterRun, filterStep, goesOn } from './handler';
import { CLAIMS_INPUT, JWT_NAMESPACE, type JwtProvider, type Tokens, type TokenVerdict } from './jwt-requirement';
import { watcher } from '../../../match/watch';
import { unknown } from '../../../match/ternary';
import { ownField } from '../../../own-field';

/** Without `--claim` what the payload of a token says stays unknown, whether or not one is required. */
export function acceptToken(
  run: FilterRun,
  tokens: Tokens,
  { provider: name }: Extract<TokenVerdict, { kind: 'accepted' }>,
): FilterResult {
  if (tokens.claims === null) {
    // Without a token there is no payload either.
    const carried = tokens.carried();
    if (carried !== false) tokens.writeUnknown(run.input.state);
    const mayFind = carried !== false && Object.values(tokens.providers).some(findsRouteAgain);
    return {
      kind: 'goes-on',
      steps: [filterStep(run, 'passed', { kind: 'token-not-required', why: null })],
      findsRouteAgain: mayFind && unknown(CLAIMS_INPUT),
    };
  }
  const provider = name === null ? undefined : ownField(tokens.providers, name);
  if (name === null || provider === undefined) return goesOn(run, { kind: 'token-not-required', why: null });
  const claims = withLists(tokens.claims, provider.normalize_payload_in_metadata?.space_delimited_claims ?? []);
  const key = provider.payload_in_metadata ?? '';
  if (key !== '') run.input.state.setMetadata(JWT_NAMESPACE, { [key]: claims });
  const copies = (provider.claim_to_headers ?? []).some(
    ({ claim_name: claim = '' }) => typeof claims[claim] === 'string',
  );
  return {
    kind: 'goes-on',
    steps: [filterStep(run, 'passed', { kind: 'token-accepted', provider: name })],
    message: forwarded(run.message, provider, claims),
    findsRouteAgain: provider.clear_route_cache === true && (key !== '' || copies),
  };
}

/** Whether the provider's token may have the route found again: only where something of it is written. */
function findsRouteAgain({
  clear_route_cache: clears,
  payload_in_metadata: key = '',
  ...provider
}: JwtProvider): boolean {
  return clears === true && (key !== '' || (provider.claim_to_headers ?? []).length > 0);
}

function forwarded(message: HttpMessage, provider: JwtProvider, claims: Claims): HttpMessage {
  let result = message;
  if (provider.forward !== true && provider.from_headers === undefined) {
    result = { ...result, headers: result.headers.filter(([name]) => name !== 'authorization') };
  }
  for (const { header_name: header = '', claim_name: claim = '' } of provider.claim_to_headers ?? []) {
    const value = claims[claim];
    watcher()?.token({ kind: 'present', claim });
    watcher()?.copiesClaim(claim, header.toLowerCase());
    if (typeof value === 'string') result = withHeader(result, header.toLowerCase(), value);
  }
  return result;
}
