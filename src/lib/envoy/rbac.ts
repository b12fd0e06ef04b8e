/** `envoy.config.rbac.v3` and the filters that hold it: the fields that mctl reads. */
import type { CidrRange } from './address';
import type { TypedExtension } from './any';
import type { CelExpression } from './cel';
import type { FilterStateMatcher, HeaderMatcher, StringMatcher } from './route';

/** `envoy.extensions.filters.http.rbac.v3.RBAC` and `envoy.extensions.filters.network.rbac.v3.RBAC`. */
export interface RbacFilter {
  readonly rules?: Rbac;
  readonly rules_stat_prefix?: string;
  /** `xds.type.matcher.v3.Matcher`, in place of `rules`. */
  readonly matcher?: Readonly<Record<string, unknown>>;
  readonly shadow_rules?: Rbac;
  readonly shadow_matcher?: Readonly<Record<string, unknown>>;
  readonly shadow_rules_stat_prefix?: string;
  readonly stat_prefix?: string;
}

export type RbacAction = 'ALLOW' | 'DENY' | 'LOG';

export interface Rbac {
  readonly action?: RbacAction;
  readonly policies?: Readonly<Record<string, Policy>>;
}

export interface Policy {
  readonly permissions?: readonly Permission[];
  readonly principals?: readonly Principal[];
  /** A CEL expression. */
  readonly condition?: CelExpression;
  readonly checked_condition?: { readonly expr?: CelExpression };
}

export interface Permission {
  readonly and_rules?: { readonly rules?: readonly Permission[] };
  readonly or_rules?: { readonly rules?: readonly Permission[] };
  readonly not_rule?: Permission;
  readonly any?: boolean;
  readonly header?: HeaderMatcher;
  readonly url_path?: PathMatcher;
  readonly destination_ip?: CidrRange;
  readonly destination_port?: number;
  readonly destination_port_range?: { readonly start?: number; readonly end?: number };
  readonly metadata?: MetadataMatcher;
  readonly sourced_metadata?: SourcedMetadata;
  readonly requested_server_name?: StringMatcher;
  readonly uri_template?: TypedExtension;
  readonly matcher?: TypedExtension;
}

export interface Principal {
  readonly and_ids?: { readonly ids?: readonly Principal[] };
  readonly or_ids?: { readonly ids?: readonly Principal[] };
  readonly not_id?: Principal;
  readonly any?: boolean;
  readonly authenticated?: { readonly principal_name?: StringMatcher };
  readonly source_ip?: CidrRange;
  readonly direct_remote_ip?: CidrRange;
  readonly remote_ip?: CidrRange;
  readonly header?: HeaderMatcher;
  readonly url_path?: PathMatcher;
  readonly metadata?: MetadataMatcher;
  readonly sourced_metadata?: SourcedMetadata;
  readonly filter_state?: FilterStateMatcher;
  readonly custom?: TypedExtension;
}

/** `envoy.type.matcher.v3.PathMatcher`. */
export interface PathMatcher {
  readonly path?: StringMatcher;
}

export interface SourcedMetadata {
  readonly metadata_matcher?: MetadataMatcher;
  readonly metadata_source?: 'DYNAMIC' | 'ROUTE';
}

/** `envoy.type.matcher.v3.MetadataMatcher`. */
export interface MetadataMatcher {
  readonly filter?: string;
  readonly path?: readonly { readonly key?: string }[];
  readonly value?: ValueMatcher;
  readonly invert?: boolean;
}

/** `envoy.type.matcher.v3.ValueMatcher`. */
export interface ValueMatcher {
  readonly null_match?: object;
  readonly double_match?: {
    readonly exact?: number;
    readonly range?: { readonly start?: number; readonly end?: number };
  };
  readonly string_match?: StringMatcher;
  readonly bool_match?: boolean;
  readonly present_match?: boolean;
  readonly list_match?: { readonly one_of?: ValueMatcher };
  readonly or_match?: { readonly value_matchers?: readonly ValueMatcher[] };
}

/** `envoy.extensions.filters.http.rbac.v3.RBACPerRoute`. */
export interface RbacPerRoute {
  readonly rbac?: RbacFilter;
}

/** `envoy.config.rbac.v3.Action`, what a matcher of RBAC leads to. */
export interface RbacMatcherAction {
  readonly name?: string;
  readonly action?: RbacAction;
}

/** Envoy keeps policies in a map ordered by name, byte by byte, and asks them in that order. */
export function policiesInOrder({ policies = {} }: Rbac): readonly (readonly [name: string, policy: Policy])[] {
  return Object.entries(policies).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
