/**
 * Whether a certificate has a name that the other side asks for.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto (match_typed_subject_alt_names)
 */
import type { WantedName } from '../envoy/tls-context';
import type { ClientCertificate } from '../http/connection-facts';
import { describeStringMatcher, matchString } from '../match/string-matcher';
import { isUnknown, some, type Ternary, unknown } from '../match/ternary';

/** The surprise: a matcher of one kind of name never sees those of another, so that a DNS matcher takes no SPIFFE id. */
export function hasWantedName(certificate: ClientCertificate, wanted: readonly WantedName[]): Ternary {
  return some(wanted, (name) => hasName(certificate, name));
}

function hasName({ uriSans, dnsSans }: ClientCertificate, { type, matcher }: WantedName): Ternary {
  if (isUnknown(uriSans)) return uriSans;
  switch (type) {
    case 'URI':
      return some(uriSans, (name) => matchString(matcher, name));
    case 'DNS':
      return some(dnsSans, (name) => isCovered(name, matcher.exact) || matchString(matcher, name));
    case null:
      return some([...uriSans, ...dnsSans], (name) => matchString(matcher, name));
    default:
      return unknown(`the certificate's names of type ${type}`);
  }
}

/** A wildcard in a certificate stands for one label of the exact name that is asked for. */
function isCovered(name: string, exact: string | undefined): boolean {
  const [, ...rest] = (exact ?? '').toLowerCase().split('.');
  return name.startsWith('*.') && rest.length > 1 && name.slice(2).toLowerCase() === rest.join('.');
}

/** The name for people. */
export function describeName({ matcher }: WantedName): string {
  return describeStringMatcher(matcher);
}
