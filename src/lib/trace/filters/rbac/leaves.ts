/** Conditions that permissions and principals have in common. */
import type { CidrRange } from '../../../envoy/address';
import type { MetadataMatcher, PathMatcher } from '../../../envoy/rbac';
import type { HeaderMatcher } from '../../../envoy/route';
import { mayBeInRange } from '../../../match/cidr';
import { cameText, describeHeaderMatcher, matchHeader } from '../../../match/header-matcher';
import {
  describeMetadataMatcher,
  describeMetadataValue,
  matchMetadata,
  type MetadataFields,
} from '../../../match/metadata-matcher';
import { describeStringMatcher, matchString } from '../../../match/string-matcher';
import { type Ternary, type Unknown, unknown } from '../../../match/ternary';
import { watcher } from '../../../match/watch';
import { type HeaderValue, pathOnly } from '../../../http/message';
import type { CameFacts } from '../../facts/policy';
import type { Leaf, RbacInput } from './condition';
import { ownField } from '../../../own-field';

/** A condition without others in it. */
export function leaf(wants: () => string, holds: Leaf['holds'], came: Leaf['came']): Leaf {
  return { kind: 'leaf', wants, holds, came };
}

/** A condition that holds for whatever comes. */
export function anyLeaf(what: string): Leaf {
  return { kind: 'leaf', wants: () => what, holds: () => true, came: () => ({ kind: 'anything' }), isAny: true };
}

/** A condition of a kind that cannot be evaluated from configuration. */
export function unknownLeaf(input: string): Leaf {
  return leaf(
    () => input,
    () => unknown(input),
    () => ({ kind: 'depends-on', input }),
  );
}

/** A condition on a header. */
export function headerLeaf(matcher: HeaderMatcher): Leaf {
  const values = ({ headers }: RbacInput): readonly HeaderValue[] => headers.values((matcher.name ?? '').toLowerCase());
  return leaf(
    () => describeHeaderMatcher(matcher),
    ({ headers }) => matchHeader(matcher, headers),
    (input) =>
      values(input).length === 0
        ? { kind: 'no-header' }
        : { kind: 'is', shown: cameText(values(input), matcher.name ?? '') },
  );
}

/** `envoy.type.matcher.v3.PathMatcher`: the path without query and fragment; a request without a path never matches. */
export function pathLeaf({ path = {} }: PathMatcher): Leaf {
  return leaf(
    () => `path ${describeStringMatcher(path)}`,
    ({ message }) => {
      if (message === null || message.path === '') return false;
      watcher()?.path({ kind: 'text', matcher: path }, pathOnly(message.path));
      return matchString(path, pathOnly(message.path));
    },
    ({ message }) => (message === null ? { kind: 'no-request' } : isText(pathOnly(message.path))),
  );
}

/** A condition on an address, which may be unknown. */
export function addressLeaf(wants: string, range: CidrRange, addressOf: (input: RbacInput) => string | Unknown): Leaf {
  return leaf(
    () => wants,
    (input) => mayBeInRange(addressOf(input), range),
    (input) => {
      const address = addressOf(input);
      return typeof address === 'string'
        ? { kind: 'is', shown: address }
        : { kind: 'depends-on', input: address.unknown };
    },
  );
}

/** A condition on dynamic metadata, or on that of the route. */
export function metadataLeaf(matcher: MetadataMatcher, source: 'DYNAMIC' | 'ROUTE'): Leaf {
  const holds = (input: RbacInput): Ternary => {
    if (source === 'ROUTE' && input.routeMetadata === null) return false;
    return matchMetadata(matcher, metadataOf(matcher, source, input));
  };
  return leaf(
    () => describeMetadataMatcher(matcher),
    holds,
    (input) => ({
      kind: 'metadata',
      says: describeMetadataValue(matcher, metadataOf(matcher, source, input), holds(input)),
    }),
  );
}

function metadataOf(matcher: MetadataMatcher, source: 'DYNAMIC' | 'ROUTE', input: RbacInput): MetadataFields {
  const namespace = matcher.filter ?? '';
  return source === 'ROUTE'
    ? { fields: ownField(input.routeMetadata?.filter_metadata, namespace) ?? null, unknown: null }
    : input.metadata(namespace);
}

/** What came, of a text. */
export function isText(text: string): CameFacts {
  return { kind: 'is', shown: JSON.stringify(text) };
}
