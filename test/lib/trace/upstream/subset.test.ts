/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/subsets */
import { clusterOf, listenerOf, proxyOf, routing, sharesByPort, tcpProxy, walkOf } from '../../../helpers/hop';

const HOSTS = [
  { port: 1, labels: { v: '1', s: 'a', k: 'x' } },
  { port: 2, labels: { v: '1' }, health: 'UNHEALTHY' },
  { port: 3, labels: { v: '2', s: 'b' } },
  { port: 4, labels: { v: 3, list: ['p', 'q'] } },
];
const SELECTORS = [
  { keys: ['v'] },
  { keys: ['v', 's'], fallback_policy: 'ANY_ENDPOINT' },
  { keys: ['s'], fallback_policy: 'NO_FALLBACK' },
  { keys: ['k', 'v'], fallback_policy: 'KEYS_SUBSET', fallback_keys_subset: ['v'] },
  { keys: ['list'] },
];
const SUBSETS = { subset_selectors: SELECTORS, fallback_policy: 'DEFAULT_SUBSET', default_subset: { v: '2' } };

/** The same subsets as a policy extension, which makes Envoy pass over the cluster's own field. */
function asPolicy(config: object): object {
  const of = (type: string, more: object = {}): object => ({
    typed_extension_config: {
      name: type,
      typed_config: { '@type': `type.googleapis.com/envoy.extensions.load_balancing_policies.${type}`, ...more },
    },
  });
  const subset_lb_policy = { policies: [of('round_robin.v3.RoundRobin')] };
  return {
    lb_subset_config: { fallback_policy: 'ANY_ENDPOINT' },
    load_balancing_policy: { policies: [of('subset.v3.Subset', { ...config, subset_lb_policy })] },
  };
}

function chosen(
  labels: object,
  config: object = SUBSETS,
  said: (config: object) => object = (own) => ({ lb_subset_config: own }),
): Readonly<Record<number, number>> {
  const metadata = { filter_metadata: { 'envoy.lb': labels } };
  const route = { match: { prefix: '/' }, route: { cluster: 'c', metadata_match: metadata } };
  const clusters = [clusterOf('c', HOSTS, said(config))];
  return sharesByPort(walkOf(proxyOf({ listeners: [listenerOf([routing([route])])], clusters }), 'http://h/'));
}

describe('a subset', () => {
  it.each([
    ['is balanced by itself', { v: '1' }, { 1: 1 }],
    ['compares values with their type', { v: 3 }, { 4: 1 }],
    ['of text is not one of a number: the default subset', { v: '3' }, { 3: 1 }],
    ['needs a selector of exactly its keys', { k: 'x' }, { 3: 1 }],
    ['of several keys', { s: 'a', v: '1' }, { 1: 1 }],
    ['may fall back to any host', { s: 'none', v: '1' }, { 1: 0.333, 3: 0.333, 4: 0.333 }],
    ['may fall back to fewer keys', { k: 'none', v: '1' }, { 1: 1 }],
    ['inside a longer selector that came first keeps the cluster’s policy', { s: 'none' }, { 3: 1 }],
    ['without criteria is the fallback', {}, { 3: 1 }],
  ])('%s', (_name, labels, shares) => {
    expect(chosen(labels)).toEqual(shares);
    expect(chosen(labels, SUBSETS, asPolicy)).toEqual(shares);
  });

  it('falls back to nothing by default', () => {
    expect(chosen({ v: '9' }, { subset_selectors: [{ keys: ['v'] }] })).toEqual({});
    expect(chosen({}, { subset_selectors: [{ keys: ['v'] }] })).toEqual({});
  });

  it('takes one value of a list with list_as_any', () => {
    expect(chosen({ list: 'q' }, { ...SUBSETS, list_as_any: true })).toEqual({ 4: 1 });
    expect(chosen({ list: 'q' })).toEqual({ 3: 1 });
  });

  it.each<[string, object, object, readonly string[]]>([
    ['where the default subset has no host', { v: '9' }, { fallback_policy: 'DEFAULT_SUBSET' }, ['1', '3', '4']],
    ['not where there is no fallback', { v: '9' }, {}, []],
    [
      'not where the selector has a policy of its own',
      { s: 'none' },
      { fallback_policy: 'DEFAULT_SUBSET', subset_selectors: [{ keys: ['s'], fallback_policy: 'DEFAULT_SUBSET' }] },
      [],
    ],
    [
      'not where the subset that was asked for has hosts, none of which can be used',
      { v: '1' },
      { fallback_policy: 'DEFAULT_SUBSET', subset_selectors: [{ keys: ['v', 's'] }, { keys: ['v'] }] },
      ['1'],
    ],
  ])('uses every host with panic_mode_any %s', (_where, labels, config, ports) => {
    const shares = chosen(labels, {
      subset_selectors: [{ keys: ['v'] }],
      default_subset: { v: '9' },
      panic_mode_any: true,
      ...config,
    });
    expect(Object.keys(shares)).toEqual(ports);
  });

  it('uses every host with panic_mode_any where the hosts of the default subset cannot be picked', () => {
    const config = {
      fallback_policy: 'DEFAULT_SUBSET',
      default_subset: { v: '1' },
      subset_selectors: [{ keys: ['v'] }],
      panic_mode_any: true,
    };
    const hosts = [
      { port: 1, labels: { v: '1' }, health: 'DEGRADED' },
      { port: 2, labels: { v: '2' } },
    ];
    const metadata = { filter_metadata: { 'envoy.lb': { v: '9' } } };
    const route = { match: { prefix: '/' }, route: { cluster: 'c', metadata_match: metadata } };
    const clusters = [clusterOf('c', hosts, { lb_subset_config: config, lb_policy: 'MAGLEV' })];
    const walked = walkOf(proxyOf({ listeners: [listenerOf([routing([route])])], clusters }), 'http://h/');
    expect(sharesByPort(walked)).toEqual({ 2: 1 });
  });

  it('goes by the weighted cluster’s metadata over the route’s', () => {
    const lb = (labels: object): object => ({ filter_metadata: { 'envoy.lb': labels } });
    const weighted = { clusters: [{ name: 'c', weight: 1, metadata_match: lb({ v: '2' }) }] };
    const route = { match: { prefix: '/' }, route: { weighted_clusters: weighted, metadata_match: lb({ v: '1' }) } };
    const clusters = [clusterOf('c', HOSTS, { lb_subset_config: SUBSETS })];
    const config = proxyOf({ listeners: [listenerOf([routing([route])])], clusters });
    expect(sharesByPort(walkOf(config, 'http://h/'))).toEqual({ 3: 1 });
  });

  it('is chosen by a TCP proxy, too', () => {
    const metadata = { filter_metadata: { 'envoy.lb': { v: '1' } } };
    const clusters = [clusterOf('c', HOSTS, { lb_subset_config: SUBSETS })];
    const config = proxyOf({
      listeners: [listenerOf([tcpProxy({ cluster: 'c', metadata_match: metadata })])],
      clusters,
    });
    expect(sharesByPort(walkOf(config, 'tcp://h:1'))).toEqual({ 1: 1 });
  });
});
