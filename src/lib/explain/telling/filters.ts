/** The words of filters: HTTP filters first, then network filters. */
import { percentText } from '../../match/fraction';
import type {
  AbortFacts,
  AnyFilterCause,
  DelayFacts,
  HttpFilterCause,
  HttpFilterSetting,
  KeyPlace,
  NetworkFilterCause,
  NetworkFilterSetting,
  TokenRefusal,
  TokenSpared,
} from '../../trace/facts/filters';
import { httpFilterText, networkFilterText } from './known-filters';
import type { SettingLabels } from './labels';
import { POLICY, POLICY_SETTINGS } from './policy';
import { tell, type Tellings } from './tellings';

const ANY_FILTER: Tellings<AnyFilterCause> = {
  ...POLICY,
  'filter-open': ({ input }) => `depends on ${input}`,
  'authorizer-not-asked': () => 'the external authorizer is not asked: no CUSTOM policy or other condition enables it',
  'sets-filter-state': ({ keys }) => `sets ${keys.join(', ')}`,
};

export const HTTP_FILTER: Tellings<HttpFilterCause> = {
  ...ANY_FILTER,
  'goes-on-open': ({ input }) => `whether the request goes on depends on ${input}`,
  'filter-disabled': ({ where }) =>
    where === 'chain' ? 'disabled in the chain, and no route enables it' : 'disabled for this route',
  'off-for-route': () => 'switched off for this route',
  'not-enabled': () => 'is not enabled (filter_enabled)',
  'http-filter-acts': ({ filter }) => httpFilterText(filter),
  'empty-host': () => 'the host of the request, which is to be resolved, is empty',
  'names-cdn': ({ cdn }) => `adds ${cdn} to the header CDN-Loop`,
  loops: ({ cdn, count }) => `the header CDN-Loop names ${cdn} too often (${count})`,
  'made-grpc': () => 'translates gRPC-Web into gRPC',
  'works-on-others': ({ works }) => `leaves the request as it is: it works on ${works} alone`,
  'tags-address': ({ header, value, input }) => {
    if (input !== null) return `tags the client's address in the header ${header}, which depends on ${input}`;
    return value === null
      ? `has no tag for the client's address, and the header ${header} is not there`
      : `tags the client's address: ${header}: ${value}`;
  },
  router: ({ hasCluster }) =>
    hasCluster ? 'sends the request to its cluster' : 'answers itself: no cluster is chosen',
  'offers-mesh-protocols': () => "offers Istio's application protocols to upstreams that speak mutual TLS",
  'key-missing': ({ places }) => `an API key is required, and the request has none (${placesText(places)})`,
  'key-of-nobody': () => "the request's API key is not that of any client",
  'key-not-for-route': ({ client }) => `the API key is that of ${client}, whom this route does not take`,
  'key-of-client': ({ client }) => `the API key is that of ${client}`,
  'credentials-missing': ({ header }) =>
    `HTTP basic authentication is required, and the request has no such header ${header}`,
  'credentials-unreadable': ({ header }) => `the header ${header} holds no user and password`,
  'credentials-wrong': () => 'the user and password of the request are none of those that are let in',
  'credentials-right': () => 'the user and password of the request are right',
  'buffers-body': ({ most }) => `buffers the body; 413 where it has more than ${most} bytes`,
  'body-too-long': ({ length, most }) => `the body has ${length} bytes, and no more than ${most} are buffered`,
  'no-cors-policy': () => 'the route has no CORS policy',
  'cors-not-enabled': () => 'the CORS policy is not enabled',
  'no-origin': () => 'the request has no Origin',
  'cors-headers-open': ({ input }) => `whether CORS headers are added depends on ${input}`,
  'cors-headers': ({ origin, isAllowed }) =>
    isAllowed ? `adds the CORS headers for ${origin}` : `${origin} is not an allowed origin: no CORS headers are added`,
  'preflight-goes-on': ({ origin }) => `${origin} is not an allowed origin: the pre-flight request goes on`,
  'preflight-answered': ({ origin, isAllowed }) =>
    isAllowed
      ? `answers the pre-flight request of ${origin}`
      : `${origin} is not an allowed origin: answers the pre-flight request without allowing it`,
  'changes-nothing': ({ method }) => `${method} changes nothing`,
  'own-origin': ({ origin }) => `the request comes from its own origin ${origin}`,
  'allowed-origin': ({ origin }) => `the request comes from an origin that is allowed, ${origin}`,
  'foreign-origin': ({ origin, target }) =>
    `the request ${origin === '' ? 'says of no origin (Origin, Referer)' : `comes from the origin ${origin}`}, and its target is ${target}`,
  'spared-by-share': ({ share }) => `is enabled for ${percentText(share)} of requests, and not for this one`,
  'denied-where-not-asked': () => 'the filter is not enabled, and then everything is denied (deny_at_disable)',
  'no-fault': () => 'has no fault to inject',
  'no-active-faults': () => 'no more than 0 faults may be active (max_active_faults)',
  'faults-for-cluster': ({ cluster }) => `injects faults for the cluster ${cluster} only`,
  'faults-for-other-nodes': () => 'injects faults for other nodes only',
  'faults-for-other-headers': () => "the request's headers are not those that get a fault",
  'injects-nothing': () => 'injects nothing',
  delays: (delay) => `delays the request: ${delayText(delay)}`,
  'abort-spares': ({ abort, share }) =>
    `${faultShare(share)} of requests are aborted with ${abortText(abort)}, this one goes on`,
  aborts: ({ abort, share }) => `aborts ${share < 1 ? faultShare(share) : 'every'} request with ${abortText(abort)}`,
  'changes-headers': ({ count }) =>
    count === 0 ? 'changes no header of the request' : 'changes headers of the request',
  'no-health-check': () => 'no health check request',
  'health-check-goes-on': () => 'a health check request, which goes on to the application',
  'health-check-answered': () => 'answers the health check request itself',
  'identity-from-token': ({ isGiven }) =>
    `takes the identity of the request from ${isGiven ? 'the claims that are given' : 'its JWT and its certificate'}`,
  'login-not-required': () => 'a matcher lets the request pass without a session (pass_through_matcher)',
  'login-required': ({ denies }) =>
    denies
      ? 'the request has no session, and is not to be sent to the login (deny_redirect_matcher)'
      : 'the request has no session: it is sent to the login, whose address holds a state of its own each time',
  'token-not-required': ({ why }) => (why === null ? 'no JWT is required' : SPARED[why]),
  'token-accepted': ({ provider }) => `a valid JWT for ${provider}, as its claims are given`,
  'token-required': ({ refusal }) => `a JWT is required: ${tell(TOKEN_REFUSAL, refusal)}`,
  'counts-alone': () => 'counts, and refuses nothing (filter_enforced)',
  'no-token-bucket': () => 'has no token bucket',
  'token-bucket-empty': () => 'its token bucket never holds a token (max_tokens 0)',
  'rate-not-known': ({ status }) =>
    `not evaluated: ${status} once its token bucket is empty, which hangs on the rate of requests`,
  'sets-metadata': ({ names }) => `sets the metadata ${names.join(', ')}`,
  'writes-metadata': () => 'writes what it finds in the request as metadata',
  'matcher-skips': ({ path }) => `its matcher says to skip it (${path.join(', ')})`,
  'matcher-names-no-filter': () => 'its matcher names no filter for this request',
};

const SPARED: Readonly<Record<TokenSpared, string>> = {
  preflight: 'a CORS pre-flight request needs no JWT',
  'no-rule': 'no rule is for this request',
  'rule-requires-nothing': 'the rule for this request requires nothing',
};

const TOKEN_REFUSAL: Tellings<TokenRefusal> = {
  'of-no-provider': () => 'the token is for none of the providers',
  'no-token': ({ provider }) => `the request has none for ${provider}`,
  'other-issuer': ({ provider, issuer }) => `${provider} is for tokens of ${issuer}`,
  'other-subject': ({ provider }) => `the token's subject is none that ${provider} takes`,
  'other-audience': ({ provider }) => `the token's audience is none of ${provider}'s`,
  'odd-time': ({ claim }) => `the token's ${claim} is not a whole number`,
  expired: ({ exp, capturedAt }) => `the token has expired (exp ${exp}${seenAt(capturedAt)})`,
  'not-yet-valid': ({ nbf, capturedAt }) => `the token is not valid yet (nbf ${nbf}${seenAt(capturedAt)})`,
  'no-end': ({ provider }) => `the token never expires, and ${provider} takes no such token`,
  'lives-too-long': ({ provider, most, capturedAt }) =>
    `the token lives longer than ${provider} takes (max_lifetime ${most}${seenAt(capturedAt)})`,
  'no-such-requirement': ({ name }) => `the route names the requirement ${name}, which the filter does not have`,
};

function seenAt(capturedAt: string | undefined): string {
  return capturedAt === undefined ? '' : `, at the time of the capture, ${capturedAt}`;
}

function placesText(places: readonly KeyPlace[]): string {
  if (places.length === 0) return 'the filter names no place for it';
  return places.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}

function faultShare(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}

function delayText({ ms, share }: DelayFacts): string {
  return `${ms / 1000}s for ${faultShare(share)} of requests`;
}

export function abortText({ of, status }: AbortFacts): string {
  return `${of} status ${status}`;
}

export const HTTP_FILTER_SETTINGS: SettingLabels<HttpFilterSetting> = {
  ...POLICY_SETTINGS,
  delay: ['delay', delayText],
  'rate-limit': ['rate limit', () => 'slows the answer down'],
  'header-change': ['header', ({ change }) => change],
};

export const NETWORK_FILTER: Tellings<NetworkFilterCause> = {
  ...ANY_FILTER,
  'connection-open': ({ input }) => `whether the connection goes on depends on ${input}`,
  'network-filter-acts': ({ filter }) => networkFilterText(filter),
  'sends-own-text': () => 'sends its own text and closes the connection',
  'sends-back': () => 'sends back what it is sent',
  'tcp-proxy': () => 'the TCP proxy',
  'not-asked-before-first-byte': () =>
    'not asked: it decides at the first byte of the client, who waits for the server',
  'no-network-filters': () => 'the filter chain has no filters, so Envoy closes the connection',
  'last-filter-not-known': ({ name }) => `what the network filter ${name} does with the connection is not known`,
};

export const NETWORK_FILTER_SETTINGS: SettingLabels<NetworkFilterSetting> = {
  ...POLICY_SETTINGS,
  tunnel: ['tunnel', ({ host }) => `HTTP CONNECT ${host}`.trim()],
};
