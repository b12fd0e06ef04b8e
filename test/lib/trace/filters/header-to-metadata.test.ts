/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_to_metadata_filter */
import { listenerOf, manager, proxyOf, typed, walkOf, type WalkOptions } from '../../../helpers/hop';

const HTTP = 'envoy.extensions.filters.http';
const TARGET = { metadata_namespace: 'own', key: 'from' };

/** Whether a DENY policy on the metadata `own` `from` being `luffy` refuses. */
function verdict(rule: object, options: WalkOptions): string {
  const principal = {
    metadata: { filter: 'own', path: [{ key: 'from' }], value: { string_match: { exact: 'luffy' } } },
  };
  const policies = { p: { permissions: [{ any: true }], principals: [principal] } };
  const chain = manager({
    http_filters: [
      typed('to', `${HTTP}.header_to_metadata.v3.Config`, { request_rules: [{ header: 'End-User', ...rule }] }),
      typed('rbac', `${HTTP}.rbac.v3.RBAC`, { rules: { action: 'DENY', policies } }),
      typed('router', `${HTTP}.router.v3.Router`),
    ],
    route_config: {
      virtual_hosts: [
        { name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }] },
      ],
    },
  });
  return walkOf(proxyOf({ listeners: [listenerOf([chain])] }), 'http://h/', options).verdict;
}

const luffy = { headers: [['end-user', 'luffy']] } as const;

it.each<[string, object, WalkOptions, string]>([
  ["the header's text", { on_header_present: TARGET }, luffy, 'denied'],
  ['another text', { on_header_present: TARGET }, { headers: [['end-user', 'nami']] }, 'direct-response'],
  ['no header', { on_header_present: TARGET }, {}, 'direct-response'],
  ['a fixed text', { on_header_present: { ...TARGET, value: 'luffy' } }, { headers: [['end-user', 'x']] }, 'denied'],
  ['what stands for a missing header', { on_header_missing: { ...TARGET, value: 'luffy' } }, {}, 'denied'],
  [
    'nothing for an empty header',
    { on_header_missing: { ...TARGET, value: 'luffy' } },
    { headers: [['end-user', '']] },
    'direct-response',
  ],
  ['a rewritten text', { on_header_present: { ...TARGET, regex_value_rewrite: {} } }, luffy, 'unknown'],
  ['a number', { on_header_present: { ...TARGET, type: 'NUMBER' } }, luffy, 'unknown'],
])('%s', (_what, rule, options, expected) => {
  expect(verdict(rule, options)).toBe(expected);
});
