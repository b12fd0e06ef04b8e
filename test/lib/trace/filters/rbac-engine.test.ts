/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto */
import fc from 'fast-check';
import { causeText } from '../../../../src/lib/explain/telling/tell-trace';
import type { Permission, Policy, Principal, RbacFilter } from '../../../../src/lib/envoy/rbac';
import { UNKNOWN_CERTIFICATE, UNKNOWN_SOURCE_PORT, unknownSource } from '../../../../src/lib/http/connection-facts';
import { headerView } from '../../../../src/lib/http/message';
import type { RbacInput } from '../../../../src/lib/trace/filters/rbac/condition';
import { decide } from '../../../../src/lib/trace/filters/rbac/engine';
import { StreamState } from '../../../../src/lib/http/stream-state';
import { factsOf, messageOf, mtls } from '../../../helpers/filters';

function inputOf(more: Partial<RbacInput> = {}): RbacInput {
  const message = more.message === undefined ? messageOf() : more.message;
  return {
    connection: factsOf(),
    ...new StreamState().facts(),
    message,
    headers: message === null ? { values: () => [], joinRepeated: true } : headerView(message, true),
    remote: '10.0.0.1',
    routeMetadata: null,
    ...more,
  };
}

const ANY: Policy = { permissions: [{ any: true }], principals: [{ any: true }] };

function allowedBy(policy: Policy, input: RbacInput): unknown {
  return decide({ rules: { policies: { p: policy } } }, 'enforced', input, 5)?.allowed;
}

function permits(permission: Permission, more: Partial<RbacInput> = {}): unknown {
  return allowedBy({ permissions: [permission], principals: [{ any: true }] }, inputOf(more));
}

function identifies(principal: Principal, more: Partial<RbacInput> = {}): unknown {
  return allowedBy({ permissions: [{ any: true }], principals: [principal] }, inputOf(more));
}

describe('permissions (config-rbac-v3-permission)', () => {
  const secret = { message: messageOf({ method: 'POST', path: '/a/b?x=1', headers: [['h', 'v']] }) };

  it.each<[string, Permission, unknown]>([
    ['any', { any: true }, true],
    ['header', { header: { name: 'h', string_match: { exact: 'v' } } }, true],
    ['header with another value', { header: { name: 'h', string_match: { exact: 'w' } } }, false],
    ['pseudo-header', { header: { name: ':method', string_match: { exact: 'POST' } } }, true],
    [':path with its query', { header: { name: ':path', string_match: { exact: '/a/b?x=1' } } }, true],
    ['url_path without the query', { url_path: { path: { exact: '/a/b' } } }, true],
    ['url_path does not see the query', { url_path: { path: { suffix: '1' } } }, false],
    ['destination_ip', { destination_ip: { address_prefix: '10.0.0.0', prefix_len: 30 } }, true],
    ['destination_ip outside', { destination_ip: { address_prefix: '10.0.0.4', prefix_len: 30 } }, false],
    ['destination_port', { destination_port: 8080 }, true],
    ['destination_port, another', { destination_port: 8081 }, false],
    ['a half-open range of ports', { destination_port_range: { start: 8080, end: 8081 } }, true],
    ['a range that ends before the port', { destination_port_range: { start: 80, end: 8080 } }, false],
    ['requested_server_name, none sent', { requested_server_name: { exact: '' } }, true],
    ['not_rule', { not_rule: { destination_port: 8080 } }, false],
    ['and_rules', { and_rules: { rules: [{ any: true }, { destination_port: 1 }] } }, false],
    ['or_rules', { or_rules: { rules: [{ destination_port: 1 }, { any: true }] } }, true],
    [
      'uri_template',
      { uri_template: { typed_config: { '@type': 't/x.UriTemplateMatchConfig', path_template: '/a/*' } } },
      true,
    ],
    [
      'metadata that nothing wrote',
      { metadata: { filter: 'x', path: [{ key: 'k' }], value: { present_match: true } } },
      false,
    ],
    [
      'inverted metadata that nothing wrote',
      { metadata: { filter: 'x', path: [{ key: 'k' }], value: { present_match: true }, invert: true } },
      true,
    ],
  ])('%s', (_name, permission, expected) => {
    expect(permits(permission, secret)).toBe(expected);
  });

  it('sourced_metadata of the route', () => {
    const matcher = { filter: 'x', path: [{ key: 'k' }], value: { string_match: { exact: 'v' } } };
    const permission: Permission = { sourced_metadata: { metadata_matcher: matcher, metadata_source: 'ROUTE' } };
    expect(permits(permission, { routeMetadata: { filter_metadata: { x: { k: 'v' } } } })).toBe(true);
    expect(permits(permission, { routeMetadata: null })).toBe(false);
  });

  it('a matcher extension is unknown', () => {
    expect(permits({ matcher: { name: 'envoy.rbac.matchers.upstream_ip_port' } })).toEqual({
      unknown: 'the matcher extension envoy.rbac.matchers.upstream_ip_port',
    });
  });

  it('a network filter has no headers and no path', () => {
    const network = { message: null };
    expect(permits({ header: { name: 'h', present_match: false } }, network)).toBe(true);
    expect(permits({ url_path: { path: { prefix: '' } } }, network)).toBe(false);
  });
});

describe('principals (config-rbac-v3-principal)', () => {
  const spiffe = 'spiffe://cluster.local/ns/a/sa/b';
  const other = (certificate: object): Partial<RbacInput> => ({
    connection: factsOf({ tls: { certificate: { uriSans: [], dnsSans: [], subject: '', ...certificate } } }),
  });
  const named = (name: string): Principal => ({ authenticated: { principal_name: { exact: name } } });

  it('authenticated: the URI SAN, then the DNS SAN, then the subject', () => {
    expect(identifies(named(spiffe), { connection: factsOf(mtls(spiffe)) })).toBe(true);
    expect(identifies(named('a.b'), other({ dnsSans: ['a.b'] }))).toBe(true);
    expect(identifies(named('CN=x'), other({ subject: 'CN=x' }))).toBe(true);
    expect(identifies(named('y'), other({ subject: 'CN=x' }))).toBe(false);
  });

  it('authenticated: plain text never, TLS without a certificate only where any name will do', () => {
    expect(identifies({ authenticated: {} })).toBe(false);
    expect(identifies({ not_id: { authenticated: {} } })).toBe(true);
    const tls = { connection: factsOf({ tls: { certificate: null } }) };
    expect(identifies({ authenticated: {} }, tls)).toBe(true);
    expect(identifies(named(spiffe), tls)).toBe(false);
  });

  it('authenticated: a certificate whose content is not known', () => {
    const unknownOne = other({ uriSans: UNKNOWN_CERTIFICATE });
    expect(identifies({ authenticated: {} }, unknownOne)).toBe(true);
    expect(identifies(named(spiffe), unknownOne)).toEqual({ unknown: expect.stringContaining('certificate') });
    const notNamed = { not_id: named(spiffe) };
    expect(identifies(notNamed, unknownOne)).toEqual({ unknown: expect.stringContaining('certificate') });
  });

  it('addresses: of the peer, after a PROXY header, and of the client', () => {
    const connection = factsOf({ source: { ip: '10.1.0.1', port: UNKNOWN_SOURCE_PORT } });
    const range = (address_prefix: string): { address_prefix: string; prefix_len: number } => ({
      address_prefix,
      prefix_len: 32,
    });
    const input = { connection, remote: '10.2.0.1' };
    expect(identifies({ direct_remote_ip: range('10.0.0.1') }, input)).toBe(true);
    expect(identifies({ source_ip: range('10.1.0.1') }, input)).toBe(true);
    expect(identifies({ remote_ip: range('10.2.0.1') }, input)).toBe(true);
    expect(identifies({ remote_ip: range('10.0.0.1') }, input)).toBe(false);
  });

  it('an address that is not known', () => {
    const nobody = { ip: unknownSource('10.0.0.1'), port: UNKNOWN_SOURCE_PORT };
    const connection = factsOf({ source: nobody, directSource: nobody });
    const range = { address_prefix: '10.0.0.0', prefix_len: 8 };
    const wanted = { unknown: "the source's address (--source-ip)" };
    expect(identifies({ direct_remote_ip: range }, { connection })).toMatchObject(wanted);
    expect(identifies({ not_id: { remote_ip: range } }, { remote: unknownSource('10.0.0.1') })).toMatchObject(wanted);
    expect(identifies({ source_ip: { address_prefix: '0.0.0.0' } }, { connection })).toBe(true);
    expect(identifies({ source_ip: { address_prefix: '::' } }, { connection })).toBe(false);
  });

  it("filter_state: Istio's peer principal is the certificate's URI SAN unless a filter set it", () => {
    const principal: Principal = { filter_state: { key: 'io.istio.peer_principal', string_match: { exact: spiffe } } };
    expect(identifies(principal)).toBe(false);
    expect(identifies(principal, { connection: factsOf(mtls(spiffe)) })).toBe(true);
    const state = new StreamState();
    state.setFilterState('io.istio.peer_principal', spiffe);
    expect(identifies(principal, state.facts())).toBe(true);
    expect(identifies({ filter_state: { key: 'x', string_match: { exact: 'y' } } })).toEqual({
      unknown: 'the filter state x',
    });
  });

  it('custom: mtls_authenticated', () => {
    const type = 't/envoy.extensions.rbac.principals.mtls_authenticated.v3.Config';
    const any: Principal = { custom: { typed_config: { '@type': type, any_validated_client_certificate: true } } };
    expect(identifies(any)).toBe(false);
    expect(identifies(any, { connection: factsOf(mtls(spiffe)) })).toBe(true);
    const san = { san_matcher: { san_type: 'URI', matcher: { prefix: 'spiffe://' } } };
    const uri: Principal = { custom: { typed_config: { '@type': type, ...san } } };
    expect(identifies(uri, { connection: factsOf(mtls(spiffe)) })).toBe(true);
    expect(identifies(uri, other({ dnsSans: ['a'] }))).toBe(false);
  });
});

describe('policies', () => {
  it('the first in the order of names is reported, whatever the order of the map', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.nat()), (all, keys) => {
        const shuffled = all.map((name) => ({ name, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key);
        const policies = Object.fromEntries(shuffled.map(({ name }) => [name, ANY]));
        const first = [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))[0];
        expect(decide({ rules: { policies } }, 'enforced', inputOf(), 5)?.policy).toBe(first);
      }),
    );
  });

  it('ALLOW without a match denies, DENY without one allows, LOG always allows', () => {
    const miss: Policy = { permissions: [{ destination_port: 1 }], principals: [{ any: true }] };
    const with_ = (action: 'ALLOW' | 'DENY' | 'LOG', policy: Policy): unknown => {
      const decision = decide({ rules: { action, policies: { p: policy } } }, 'enforced', inputOf(), 5);
      return [decision?.allowed, decision?.policy];
    };
    expect(with_('ALLOW', miss)).toEqual([false, null]);
    expect(with_('ALLOW', ANY)).toEqual([true, 'p']);
    expect(with_('DENY', miss)).toEqual([true, null]);
    expect(with_('DENY', ANY)).toEqual([false, 'p']);
    expect(with_('LOG', miss)).toEqual([true, null]);
    expect(decide({ rules: {} }, 'enforced', inputOf(), 5)?.allowed).toBe(false);
    expect(decide({}, 'enforced', inputOf(), 5)).toBeNull();
  });

  it('an unknown input decides only where no other policy does', () => {
    const cel: Policy = { ...ANY, condition: { call_expr: { function: 'unheardOf' } } };
    const decideAll = (action: 'ALLOW' | 'DENY', policies: Record<string, Policy>): unknown =>
      decide({ rules: { action, policies } }, 'enforced', inputOf(), 5)?.allowed;
    const open = { unknown: 'the CEL function unheardOf' };
    expect(decideAll('ALLOW', { a: cel })).toEqual(open);
    expect(decideAll('ALLOW', { a: cel, b: ANY })).toBe(true);
    expect(decideAll('DENY', { a: cel, b: ANY })).toBe(false);
    expect(decideAll('DENY', { a: cel })).toEqual(open);
    expect(decideAll('ALLOW', { a: { ...cel, principals: [{ not_id: { any: true } }] } })).toBe(false);
  });

  it('a CEL condition that is a constant decides', () => {
    const constant = (bool_value: boolean): Policy => ({ ...ANY, condition: { const_expr: { bool_value } } });
    const holdsOf = (policy: Policy): unknown => allowedBy(policy, inputOf());
    expect([true, false].map((value) => holdsOf(constant(value)))).toEqual([true, false]);
  });

  it('says of a policy that is made to match nothing that it is', () => {
    const nothing = { permissions: [{ not_rule: { any: true } }], principals: [{ not_id: { any: true } }] };
    const decision = decide({ rules: { policies: { nothing } } }, 'enforced', inputOf(), 5);
    expect(decision?.rejected[0]?.cause).toEqual({ kind: 'excludes-everything' });
  });

  it('names what each ALLOW policy lacked, the nearest first', () => {
    const get: Permission = { header: { name: ':method', string_match: { exact: 'GET' } } };
    const policies = {
      far: { permissions: [{ destination_port: 1 }], principals: [{ authenticated: {} }] },
      near: { permissions: [get], principals: [{ authenticated: { principal_name: { exact: 'x' } } }] },
    };
    const decision = decide({ rules: { policies } }, 'enforced', inputOf(), 1);
    expect(decision?.rejected.map(({ name, cause }) => [name, causeText(cause)])).toEqual([
      ['near', 'principal exactly "x" does not match: the source speaks plain text and has none'],
    ]);
    expect(decision?.rejectedCount).toBe(2);
  });
});

describe('laws of three values', () => {
  const leaf = fc.constantFrom<Permission>({ any: true }, { not_rule: { any: true } }, { matcher: { name: 'm' } });
  const { tree } = fc.letrec<{ tree: Permission }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((rules): Permission => ({ and_rules: { rules } })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((rules): Permission => ({ or_rules: { rules } })),
      tie('tree').map((rule): Permission => ({ not_rule: rule })),
    ),
  }));

  it('not_rule turns known values round and leaves unknown ones', () => {
    fc.assert(
      fc.property(tree, (rule) => {
        const plain = permits(rule);
        const inverted = permits({ not_rule: rule });
        expect(inverted).toEqual(typeof plain === 'boolean' ? !plain : plain);
      }),
    );
  });

  it('and_rules and or_rules mirror each other (De Morgan), and their order plays no part', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (rules) => {
        const negated = rules.map((rule): Permission => ({ not_rule: rule }));
        const and = permits({ and_rules: { rules } });
        expect(permits({ not_rule: { or_rules: { rules: negated } } })).toEqual(and);
        expect(permits({ and_rules: { rules: [...rules].reverse() } })).toEqual(and);
      }),
    );
  });

  it('what is unknown can come out either way: filling it in with true or false never contradicts a known result', () => {
    const fill = (rule: Permission, value: boolean): Permission => {
      if (rule.matcher !== undefined) return value ? { any: true } : { not_rule: { any: true } };
      if (rule.and_rules !== undefined)
        return { and_rules: { rules: (rule.and_rules.rules ?? []).map((r) => fill(r, value)) } };
      if (rule.or_rules !== undefined)
        return { or_rules: { rules: (rule.or_rules.rules ?? []).map((r) => fill(r, value)) } };
      return rule.not_rule === undefined ? rule : { not_rule: fill(rule.not_rule, value) };
    };
    fc.assert(
      fc.property(tree, fc.boolean(), (rule, value) => {
        const plain = permits(rule);
        const filled = permits(fill(rule, value));
        expect(typeof filled).toBe('boolean');
        if (typeof plain === 'boolean') expect(filled).toBe(plain);
      }),
    );
  });
});

describe('a matcher in place of rules', () => {
  const filter: RbacFilter = {
    matcher: {
      matcher_list: {
        matchers: [
          {
            predicate: {
              single_predicate: {
                input: {
                  name: 'h',
                  typed_config: { '@type': 't/envoy.type.matcher.v3.HttpRequestHeaderMatchInput', header_name: 'h' },
                },
                value_match: { exact: 'v' },
              },
            },
            on_match: {
              action: { typed_config: { '@type': 't/envoy.config.rbac.v3.Action', name: 'bad', action: 'DENY' } },
            },
          },
          {
            predicate: {
              single_predicate: {
                input: { typed_config: { '@type': 't/x.DestinationPortInput' } },
                value_match: { exact: '8080' },
              },
            },
            on_match: { action: { typed_config: { '@type': 't/envoy.config.rbac.v3.Action', name: 'good' } } },
          },
        ],
      },
    },
    rules: { policies: {} },
  };

  it('decides by its action, and denies without a match', () => {
    expect(decide(filter, 'enforced', inputOf(), 5)).toMatchObject({ allowed: true, policy: 'good' });
    const message = messageOf({ headers: [['h', 'v']] });
    expect(decide(filter, 'enforced', inputOf({ message }), 5)).toMatchObject({ allowed: false, policy: 'bad' });
    const connection = factsOf({ local: { ip: '10.0.0.2', port: 1 } });
    expect(decide(filter, 'enforced', inputOf({ connection }), 5)).toMatchObject({ allowed: false, policy: null });
  });
});
