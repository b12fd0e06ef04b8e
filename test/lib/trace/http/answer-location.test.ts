/**
 * The Location of answers that headers of the route's levels and of filters change. Every row is what Envoy 1.37.0 answered.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers
 */
import { listenerOf, manager, proxyOf, typed, walkOf, type Walked, type WalkOptions } from '../../../helpers/hop';

type Level = Readonly<Record<string, unknown>>;

const written = (value: string, append_action?: string): Level => ({
  response_headers_to_add: [
    { header: { key: 'Location', value }, ...(append_action === undefined ? {} : { append_action }) },
  ],
});
const OVERWRITE = 'OVERWRITE_IF_EXISTS_OR_ADD';
const TAKEN: Level = { response_headers_to_remove: ['location'] };
const REDIRECT: Level = { redirect: { path_redirect: '/p' } };
const direct = (status: number): Level => ({ direct_response: { status } });
const EMPTY: Level = { route: { cluster: 'empty' } };
const NOBODY: Level = { route: { cluster_header: 'x-none' } };
const GRPC = { headers: [['content-type', 'application/grpc']] } as const;

interface Given {
  readonly route: Level;
  readonly virtualHost?: Level;
  readonly configuration?: Level;
  readonly filters?: readonly Level[];
  readonly manager?: Level;
}

function walked(
  { route, virtualHost, configuration, filters = [], manager: more }: Given,
  options: WalkOptions = {},
): Walked {
  const routes = [{ name: 'r', match: { prefix: '/x' }, ...route }];
  const route_config = { virtual_hosts: [{ name: 'v', domains: ['*'], routes, ...virtualHost }], ...configuration };
  const router = typed('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router');
  const http = manager({ route_config, http_filters: [...filters, router], ...more });
  return walkOf(
    proxyOf({ listeners: [listenerOf([http])], clusters: [{ name: 'empty', type: 'STATIC' }] }),
    'http://h/x?y',
    options,
  );
}

const HERE = 'http://h/x?y';

describe('headers of the levels of a route', () => {
  it.each<[given: Given, location: string | null]>([
    [{ route: { ...REDIRECT, ...written('/l') } }, 'http://h/p?y,/l'],
    [{ route: { ...REDIRECT, ...written('/l', OVERWRITE) } }, '/l'],
    [{ route: { ...REDIRECT, ...written('/l', 'OVERWRITE_IF_EXISTS') } }, '/l'],
    [{ route: { ...REDIRECT, ...written('/l', 'ADD_IF_ABSENT') } }, 'http://h/p?y'],
    [{ route: { ...REDIRECT, ...written('https://%REQ(:AUTHORITY)%%REQ(:PATH)%', OVERWRITE) } }, 'https://h/x?y'],
    [{ route: { ...REDIRECT, ...written('%REQ(nope)%', OVERWRITE) } }, 'http://h/p?y'],
    [{ route: { ...REDIRECT, ...TAKEN } }, null],
    [{ route: { ...REDIRECT, ...TAKEN, ...written('/l') } }, '/l'],
    [{ route: REDIRECT, virtualHost: written('/l') }, 'http://h/p?y,/l'],
    [{ route: REDIRECT, configuration: TAKEN }, null],
    [{ route: { ...direct(302), ...written('/l') } }, `${HERE},/l`],
    [{ route: { ...direct(201), ...written('/l', OVERWRITE) } }, '/l'],
    [{ route: { ...direct(200), ...written('/l', 'OVERWRITE_IF_EXISTS') } }, null],
    [{ route: { ...direct(404), ...written('/l') } }, '/l'],
    [{ route: { ...EMPTY, ...written('/l') } }, '/l'],
    [{ route: NOBODY, virtualHost: written('/l') }, '/l'],
    // The answer's own commands are not evaluated.
    [{ route: { ...REDIRECT, ...written('/%RESP(location)%', OVERWRITE) } }, null],
  ])('%j: %s', (given, location) => {
    expect(walked(given).location).toBe(location);
  });

  it.each<[configuration: Level, location: string]>([
    [{}, '/rc'],
    [{ most_specific_header_mutations_wins: true }, '/r'],
  ])('the level that wins, with %j, is that of %s', (more, location) => {
    const levels = { virtualHost: written('/vh', OVERWRITE), configuration: { ...written('/rc', OVERWRITE), ...more } };
    expect(walked({ route: { ...REDIRECT, ...written('/r', OVERWRITE) }, ...levels }).location).toBe(location);
  });

  it.each<[configuration: Level, location: string]>([
    [{}, '/w,/r,/v'],
    [{ ...written('/rc'), most_specific_header_mutations_wins: true }, '/w,/rc,/v,/r'],
  ])('a weighted cluster comes first, with %j', (configuration, location) => {
    const weighted_clusters = { clusters: [{ name: 'empty', weight: 1, ...written('/w') }] };
    const route = { route: { weighted_clusters }, ...written('/r') };
    expect(walked({ route, virtualHost: written('/v'), configuration }).location).toBe(location);
  });

  it('without a route the virtual host adds nothing', () => {
    const given = {
      route: { match: { prefix: '/no' }, ...EMPTY },
      virtualHost: written('/l'),
      configuration: written('/c'),
    };
    expect(walked(given)).toMatchObject({ status: 404, location: null });
  });

  it('gRPC gets the Location, too', () => {
    expect(walked({ route: { ...REDIRECT, ...written('/l', OVERWRITE) } }, GRPC)).toMatchObject({
      status: 200,
      location: '/l',
    });
  });
});

const fault = typed('ft', 'envoy.extensions.filters.http.fault.v3.HTTPFault', {
  abort: { http_status: 418, percentage: { numerator: 100 } },
});

describe('an answer of a filter, or of an upgrade that is refused', () => {
  const upgrade = { headers: [['connection', 'upgrade'], ['upgrade', 'websocket']] } as const; // prettier-ignore

  it.each<[given: Given, options: WalkOptions, status: number, location: string | null]>([
    [{ route: { ...EMPTY, ...written('/l') }, filters: [fault] }, {}, 418, '/l'],
    [{ route: { non_forwarding_action: {}, ...written('/l') }, filters: [fault] }, {}, 418, '/l'],
    [{ route: { ...REDIRECT, ...written('/l') }, filters: [fault] }, {}, 418, null],
    [{ route: { ...EMPTY, ...written('/l') } }, upgrade, 403, '/l'],
    [{ route: { ...REDIRECT, ...written('/l') } }, upgrade, 403, null],
  ])('%j with %j: %i, %s', (given, options, status, location) => {
    expect(walked(given, options)).toMatchObject({ status, location });
  });
});

describe('filters that change headers of answers', () => {
  const TYPE = 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';
  const adds = (value: string, append_action = 'APPEND_IF_EXISTS_OR_ADD'): object => ({
    append: { header: { key: 'location', value }, append_action },
  });
  const mutating = (mutations: readonly object[], name = 'hm', more: Level = {}): Level =>
    typed(name, TYPE, { mutations: { response_mutations: mutations }, ...more });
  const own = (value: string): Level => ({
    typed_per_filter_config: {
      hm: { '@type': `type.googleapis.com/${TYPE}PerRoute`, mutations: { response_mutations: [adds(value)] } },
    },
  });
  const OFF: Level = {
    typed_per_filter_config: {
      hm: { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', disabled: true },
    },
  };
  const mapper = {
    local_reply_config: {
      mappers: [
        {
          filter: { status_code_filter: { comparison: { op: 'GE', value: { default_value: 200 } } } },
          headers_to_add: [{ header: { key: 'location', value: '/m' }, append_action: OVERWRITE }],
        },
      ],
    },
  };

  it.each<[given: Given, location: string | null]>([
    [{ route: REDIRECT, filters: [mutating([adds('/h')])] }, 'http://h/p?y,/h'],
    [{ route: REDIRECT, filters: [mutating([adds('/h', OVERWRITE)])] }, '/h'],
    [{ route: REDIRECT, filters: [mutating([{ remove: 'Location' }])] }, null],
    [{ route: REDIRECT, filters: [mutating([{ remove_on_match: { key_matcher: { prefix: 'loc' } } }])] }, null],
    [{ route: EMPTY, filters: [mutating([adds('/h')])] }, '/h'],
    [{ route: EMPTY, filters: [mutating([adds('/h')]), fault] }, '/h'],
    [{ route: EMPTY, filters: [fault, mutating([adds('/h')])] }, '/h'],
    [{ route: REDIRECT, filters: [mutating([adds('/1')]), mutating([adds('/2')], 'hm2')] }, 'http://h/p?y,/2,/1'],
    [
      { route: { ...REDIRECT, ...own('/per') }, virtualHost: own('/vper'), filters: [mutating([adds('/c')])] },
      'http://h/p?y,/c,/per,/vper',
    ],
    [
      {
        route: { ...REDIRECT, ...own('/per') },
        virtualHost: own('/vper'),
        filters: [mutating([adds('/c')], 'hm', { most_specific_header_mutations_wins: true })],
      },
      'http://h/p?y,/c,/vper,/per',
    ],
    [{ route: { ...REDIRECT, ...OFF }, filters: [mutating([adds('/c')])] }, 'http://h/p?y'],
    [{ route: REDIRECT, filters: [mutating([adds('/h')])], manager: mapper }, '/m,/h'],
    [{ route: { ...REDIRECT, ...written('/l') }, manager: mapper }, '/m'],
    [{ route: REDIRECT, filters: [mutating([adds('/h')])], virtualHost: { require_tls: 'ALL' } }, 'https://h/x?y,/h'],
  ])('%j: %s', (given, location) => {
    expect(walked(given).location).toBe(location);
  });

  it('answers to what the manager refuses meet them, too', () => {
    const given = { route: REDIRECT, virtualHost: written('/vh'), filters: [mutating([adds('/h')])] };
    expect(walked(given, { httpVersion: '1.0' })).toMatchObject({ status: 426, location: '/h' });
  });

  it('leave the Location open that a mapper may have written to an answer to gRPC', () => {
    const given = { route: REDIRECT, filters: [mutating([adds('/h')])], manager: mapper };
    expect(walked(given, GRPC)).toMatchObject({ status: 200, location: null });
  });
});
