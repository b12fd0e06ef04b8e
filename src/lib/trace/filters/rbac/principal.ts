/**
 * `envoy.config.rbac.v3.Principal`: who does it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto#config-rbac-v3-principal
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import type { Principal } from '../../../envoy/rbac';
import type { FilterStateMatcher, StringMatcher } from '../../../envoy/route';
import { rangeText } from '../../../match/cidr';
import { describeFilterState, matchFilterState } from '../../../match/filter-state';
import { describeStringMatcher, matchString } from '../../../match/string-matcher';
import { isUnknown, some, type Ternary, type Unknown, unknown } from '../../../match/ternary';
import type { ConnectionFacts } from '../../../http/connection-facts';
import { filterStateOf } from '../../../http/stream-facts';
import type { RbacCondition, RbacInput } from './condition';
import type { CameFacts } from '../../facts/policy';
import { addressLeaf, anyLeaf, headerLeaf, isText, leaf, metadataLeaf, pathLeaf, unknownLeaf } from './leaves';

export function compilePrincipal(principal: Principal): RbacCondition {
  return compileGroup(principal) ?? compileAddress(principal) ?? compileIdentity(principal);
}

function compileGroup(principal: Principal): RbacCondition | null {
  if (principal.and_ids !== undefined) {
    return { kind: 'all', of: (principal.and_ids.ids ?? []).map(compilePrincipal) };
  }
  if (principal.or_ids !== undefined) {
    return { kind: 'any', of: (principal.or_ids.ids ?? []).map(compilePrincipal) };
  }
  if (principal.not_id !== undefined) return { kind: 'not', of: compilePrincipal(principal.not_id) };
  return principal.any === undefined ? null : anyLeaf('any source');
}

function compileAddress(principal: Principal): RbacCondition | null {
  const { source_ip: source, direct_remote_ip: direct, remote_ip: remote } = principal;
  if (source !== undefined) {
    return addressLeaf(`source address in ${rangeText(source)}`, source, ({ connection }) => connection.source.ip);
  }
  if (direct !== undefined) {
    const wants = `direct peer in ${rangeText(direct)}`;
    return addressLeaf(wants, direct, ({ connection }) => connection.directSource.ip);
  }
  if (remote !== undefined) {
    return addressLeaf(`client address in ${rangeText(remote)}`, remote, (input) => input.remote);
  }
  return null;
}

function compileIdentity(principal: Principal): RbacCondition {
  if (principal.authenticated !== undefined) return authenticatedLeaf(principal.authenticated.principal_name);
  if (principal.header !== undefined) return headerLeaf(principal.header);
  if (principal.url_path !== undefined) return pathLeaf(principal.url_path);
  if (principal.metadata !== undefined) return metadataLeaf(principal.metadata, 'DYNAMIC');
  if (principal.sourced_metadata !== undefined) {
    const { metadata_matcher: matcher, metadata_source: source } = principal.sourced_metadata;
    return metadataLeaf(matcher ?? {}, source ?? 'DYNAMIC');
  }
  if (principal.filter_state !== undefined) return filterStateLeaf(principal.filter_state);
  if (principal.custom !== undefined) return customLeaf(principal.custom);
  return unknownLeaf('a principal that mctl does not know');
}

/** The names that a certificate gives its holder, in Envoy's order; unknown where its content is. */
function certificateNames({ tls }: ConnectionFacts): readonly string[] | Unknown {
  const certificate = tls?.certificate ?? null;
  if (certificate === null) return [''];
  const { uriSans, dnsSans, subject } = certificate;
  return isUnknown(uriSans) ? uriSans : [...uriSans, ...dnsSans, subject];
}

/** Plain text is never authenticated; TLS without a client certificate has the empty subject as its name. */
function authenticatedLeaf(name: StringMatcher | undefined): RbacCondition {
  const holds = ({ connection }: RbacInput): Ternary => {
    if (connection.tls === null) return false;
    if (name === undefined) return true;
    const names = certificateNames(connection);
    if (isUnknown(names)) return matchesAll(name) ? true : names;
    return some(names, (one) => matchString(name, one));
  };
  const wants = (): string => (name === undefined ? 'a source over TLS' : `principal ${describeStringMatcher(name)}`);
  return leaf(wants, holds, ({ connection }) => cameIdentity(connection));
}

/** Matchers that take every text, so that what they are asked of need not be known. */
function matchesAll(name: StringMatcher): boolean {
  return name.prefix === '' || name.suffix === '' || name.contains === '' || name.safe_regex?.regex === '.*';
}

function cameIdentity(connection: ConnectionFacts): CameFacts {
  if (connection.tls === null) return { kind: 'source-in-plain-text' };
  if (connection.tls.certificate === null) return { kind: 'source-without-certificate' };
  const names = certificateNames(connection);
  if (isUnknown(names)) return { kind: 'depends-on', input: names.unknown };
  const name = names.find((one) => one !== '');
  return name === undefined ? { kind: 'nameless-certificate' } : { kind: 'is', shown: name };
}

/** Istio's filter state for the peer's identity; other filters of the chain set it from the certificate. */
const PEER_PRINCIPAL = 'io.istio.peer_principal';

function filterStateLeaf(matcher: FilterStateMatcher): RbacCondition {
  const key = matcher.key ?? '';
  const valueOf = (input: RbacInput): string | Unknown | null => {
    if (key !== PEER_PRINCIPAL || input.filterState(key) !== undefined) return filterStateOf(input, key);
    const uris = input.connection.tls?.certificate?.uriSans ?? [];
    return isUnknown(uris) ? uris : (uris[0] ?? null);
  };
  const wants = (): string =>
    `${key === PEER_PRINCIPAL ? 'principal' : `filter state ${key}`} ${describeFilterState(matcher)}`;
  const holds = (input: RbacInput): Ternary => matchFilterState(matcher, valueOf(input));
  return leaf(wants, holds, (input) => cameState(valueOf(input)));
}

function cameState(value: string | Unknown | null): CameFacts {
  if (value === null) return { kind: 'no-filter-state' };
  return isUnknown(value) ? { kind: 'depends-on', input: value.unknown } : isText(value);
}

interface MtlsAuthenticated {
  readonly san_matcher?: { readonly san_type?: string; readonly matcher?: StringMatcher };
  readonly any_validated_client_certificate?: boolean;
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/rbac/principals/mtls_authenticated/v3/mtls_authenticated.proto */
function customLeaf(extension: TypedExtension): RbacCondition {
  const type = messageTypeOf(extension.typed_config);
  if (!type.includes('.mtls_authenticated.')) return unknownLeaf(`the principal extension ${extension.name ?? type}`);
  const { san_matcher: san } = messageOf<MtlsAuthenticated>(extension.typed_config);
  const holds = ({ connection }: RbacInput): Ternary => {
    const certificate = connection.tls?.certificate ?? null;
    if (certificate === null) return false;
    if (san === undefined) return true;
    const { uriSans, dnsSans } = certificate;
    if (isUnknown(uriSans)) return uriSans;
    if (san.san_type !== 'URI' && san.san_type !== 'DNS')
      return unknown(`the certificate's ${san.san_type ?? ''} names`);
    return some(san.san_type === 'URI' ? uriSans : dnsSans, (one) => matchString(san.matcher ?? {}, one));
  };
  const wants = (): string =>
    san === undefined
      ? 'a validated client certificate'
      : `${san.san_type ?? ''} ${describeStringMatcher(san.matcher ?? {})}`;
  return leaf(wants, holds, ({ connection }) => cameIdentity(connection));
}
