/**
 * An object of filter state that nobody wrote. Every row is what Envoy 1.37.0 did.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/advanced/well_known_filter_state
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../helpers/hop';

const HTTP = 'envoy.extensions.filters.http';
const ROUTER = typed('router', `${HTTP}.router.v3.Router`);
const LUA = typed('lua', 'test.of.ours.v1.WritesWhatItLikes');
const written = (key: string): object =>
  typed('set', 'envoy.extensions.filters.network.set_filter_state.v3.Config', {
    on_new_connection: [{ object_key: key, format_string: { text_format_source: { inline_string: 'yes' } } }],
  });
const denies = (key: string): object =>
  typed('rbac', `${HTTP}.rbac.v3.RBAC`, {
    rules: {
      action: 'DENY',
      policies: {
        p: {
          permissions: [{ any: true }],
          principals: [{ filter_state: { key, string_match: { exact: 'yes' } } }],
        },
      },
    },
  });

function walked(network: readonly object[], http: readonly object[], route: object = {}): Walked {
  const routes = [
    { name: 'by-state', match: { prefix: '/', ...route }, direct_response: { status: 200 } },
    { name: 'rest', match: { prefix: '/' }, route: { cluster: 'c' } },
  ];
  const chain = manager({
    http_filters: [...http, ROUTER],
    route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
  });
  const listeners = [listenerOf([...network, chain])];
  return walkOf(proxyOf({ listeners, clusters: [clusterOf('c', [{ port: 1 }])] }), 'http://h/');
}

const TAGS = typed('tags', `${HTTP}.ip_tagging.v3.IPTagging`, {
  ip_tags: [{ ip_tag_name: 'home', ip_list: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] }],
});

const OTHER_ANSWERS = typed('other', `${HTTP}.custom_response.v3.CustomResponse`);

/** Lets every request pass. */
const LOGIN = typed('login', `${HTTP}.oauth2.v3.OAuth2`, {
  config: { pass_through_matcher: [{ name: ':method', string_match: { exact: 'GET' } }] },
});

const asks = (key: string): object => ({ filter_state: [{ key, string_match: { exact: 'yes' } }] });

interface Row {
  readonly network?: readonly object[];
  readonly http?: readonly object[];
  readonly route?: object;
}

it.each<[string, Row, string, string | null]>([
  ['set by a network filter', { network: [written('k')], route: asks('k') }, 'direct-response', 'by-state'],
  ['set under another name', { network: [written('other')], route: asks('k') }, 'delivered', 'rest'],
  ['set by nobody', { route: asks('k') }, 'delivered', 'rest'],
  [
    'of a filter that may have set it',
    { network: [typed('x', 'test.of.ours.v1.Network')], route: asks('k') },
    'unknown',
    null,
  ],
  ["of Envoy's own", { route: asks('envoy.network.k') }, 'unknown', null],
  ['asked by RBAC, set by nobody', { http: [denies('k')] }, 'direct-response', 'by-state'],
  ['asked by RBAC behind a filter that writes a header', { http: [TAGS, denies('k')] }, 'direct-response', 'by-state'],
  ['asked by a route behind a filter of answers', { http: [OTHER_ANSWERS], route: asks('k') }, 'delivered', 'rest'],
  ['asked by RBAC behind a login', { http: [LOGIN, denies('k')] }, 'direct-response', 'by-state'],
  ['asked by RBAC, set by a network filter', { network: [written('k')], http: [denies('k')] }, 'denied', 'by-state'],
  ['asked by RBAC behind a filter that may have set it', { http: [LUA, denies('k')] }, 'unknown', 'by-state'],
])('%s', (_what, { network = [], http = [], route = {} }, verdict, name) => {
  const { verdict: came, hop } = walked(network, http, route);
  expect([came, hop.route?.name ?? null]).toEqual([verdict, name]);
});
