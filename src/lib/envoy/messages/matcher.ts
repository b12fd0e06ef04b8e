/** Matchers: of strings, headers and metadata, matcher trees, RBAC. See `index.ts` for how fields are written. */

export const MATCHER_MESSAGES = {
  Action: 'name:string action:RbacAction',
  AddressMatcher: 'ranges:CidrRange[]',
  Authenticated: 'principal_name:StringMatcher',
  CelCall: 'target:CelExpr function:string args:CelExpr[]',
  CelConst: `
    null_value:object bool_value:bool int64_value:int64 uint64_value:int64 double_value:double string_value:string
    bytes_value:string duration_value:duration timestamp_value:timestamp`,
  CelDocument: 'expr:CelExpr',
  CelExpr: `
    const_expr:CelConst ident_expr:CelIdent select_expr:CelSelect call_expr:CelCall list_expr:CelList
    struct_expr:object comprehension_expr:object`,
  CelHolder: `
    parsed_expr:CelDocument checked_expr:CelDocument cel_expr_parsed:CelDocument cel_expr_checked:CelDocument
    cel_expr_string:string`,
  CelIdent: 'name:string',
  CelList: 'elements:CelExpr[]',
  CelMatcher: 'expr_match:CelHolder description:string',
  CelSelect: 'operand:CelExpr field:string test_only:bool',
  DomainMatcher: 'domains:string[] on_match:OnMatch',
  DoubleMatcher: 'range:DoubleRange exact:double',
  DoubleRange: 'start:double end:double',
  DynamicMetadataInput: 'filter:string path:DynamicMetadataInputPathSegment[]',
  DynamicMetadataInputPathSegment: 'key:string',
  ExtensionWithMatcher: 'matcher:Matcher xds_matcher:Matcher extension_config:TypedExtensionConfig',
  ExtensionWithMatcherPerRoute: 'xds_matcher:Matcher',
  FieldMatcher: 'predicate:Predicate on_match:OnMatch',
  FilterStateInput: 'key:string',
  FilterStateMatcher: 'key:string string_match:StringMatcher address_match:AddressMatcher',
  FractionalPercent: 'numerator:uint32 denominator:DenominatorType',
  HttpRequestHeaderMatchInput: 'header_name:string',
  HttpRequestQueryParamMatchInput: 'query_param:string',
  IPMatcher: 'range_matchers:IPRangeMatcher[]',
  IPRangeMatcher: 'ranges:CidrRange[] on_match:OnMatch exclusive:bool',
  Int32Range: 'start:int32 end:int32',
  Int64Range: 'start:int64 end:int64',
  Ip: 'cidr_ranges:CidrRange[] stat_prefix:string',
  ListMatcher: 'one_of:ValueMatcher',
  MatchMap: 'map:OnMatch{}',
  Matcher: 'matcher_list:MatcherList matcher_tree:MatcherTree on_no_match:OnMatch',
  MatcherList: 'matchers:FieldMatcher[]',
  MatcherTree: `
    input:TypedExtensionConfig exact_match_map:MatchMap prefix_match_map:MatchMap
    custom_match:TypedExtensionConfig`,
  Metadata: 'value:ValueMatcher invert:bool',
  MetadataKey: 'key:string path:MetadataKeyPathSegment[]',
  MetadataKeyPathSegment: 'key:string',
  MetadataKind: 'request:object route:object cluster:object host:object',
  MetadataMatcher: 'filter:string path:MetadataMatcherPathSegment[] value:ValueMatcher invert:bool',
  MetadataMatcherPathSegment: 'key:string',
  MutationRulesHeaderMutation: 'remove:string append:HeaderValueOption remove_on_match:RemoveOnMatch',
  OnMatch: 'matcher:Matcher action:TypedExtensionConfig keep_matching:bool',
  OrMatcher: 'value_matchers:ValueMatcher[]',
  PathMatcher: 'path:StringMatcher',
  Percent: 'value:double',
  Permission: `
    and_rules:PermissionSet or_rules:PermissionSet any:bool header:HeaderMatcher url_path:PathMatcher
    destination_ip:CidrRange destination_port:uint32 destination_port_range:Int32Range metadata:MetadataMatcher
    not_rule:Permission requested_server_name:StringMatcher matcher:TypedExtensionConfig
    uri_template:TypedExtensionConfig sourced_metadata:SourcedMetadata`,
  PermissionSet: 'rules:Permission[]',
  Predicate: `
    single_predicate:SinglePredicate or_matcher:PredicateList and_matcher:PredicateList not_matcher:Predicate`,
  PredicateList: 'predicate:Predicate[]',
  Principal: `
    and_ids:PrincipalSet or_ids:PrincipalSet any:bool authenticated:Authenticated source_ip:CidrRange
    direct_remote_ip:CidrRange remote_ip:CidrRange header:HeaderMatcher url_path:PathMatcher
    metadata:MetadataMatcher filter_state:FilterStateMatcher not_id:Principal sourced_metadata:SourcedMetadata
    custom:TypedExtensionConfig`,
  PrincipalSet: 'ids:Principal[]',
  RBAC: `
    rules:RbacRBAC rules_stat_prefix:string matcher:Matcher shadow_rules:RbacRBAC shadow_matcher:Matcher
    shadow_rules_stat_prefix:string stat_prefix:string`,
  RBACPerRoute: 'rbac:RBAC',
  RbacPolicy: `
    permissions:Permission[] principals:Principal[] condition:CelExpr checked_condition:CelDocument`,
  RbacRBAC: 'action:RbacAction policies:RbacPolicy{}',
  RegexMatchAndSubstitute: 'pattern:RegexMatcher substitution:string',
  RegexMatcher: 'google_re2:object regex:string',
  RemoveOnMatch: 'key_matcher:StringMatcher',
  SemanticVersion: 'major_number:uint32 minor_number:uint32 patch:uint32',
  ServerNameMatcher: 'domain_matchers:DomainMatcher[]',
  SinglePredicate: 'input:TypedExtensionConfig value_match:StringMatcher custom_match:TypedExtensionConfig',
  SourcedMetadata: 'metadata_matcher:MetadataMatcher metadata_source:MetadataSource',
  StringMatcher: `
    exact:string prefix:string suffix:string safe_regex:RegexMatcher contains:string custom:TypedExtensionConfig
    ignore_case:bool`,
  TypeHashPolicy: 'source_ip:object filter_state:HashPolicyFilterState',
  ValueMatcher: `
    null_match:object double_match:DoubleMatcher string_match:StringMatcher bool_match:bool present_match:bool
    list_match:ListMatcher or_match:OrMatcher`,
} as const;
