/** The times of tokens in a saved mesh are held against the time that a snapshot says, and against none where it says none. */
import { TraceSession } from '../../../src/lib/session/trace-session';
import { openSnapshot } from '../../../src/lib/source/snapshot';
import { listenerOf, manager, typed } from '../../helpers/hop';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

const CAPTURED = '2026-01-01T00:00:00.000Z';
const END = Date.parse(CAPTURED) / 1000 + 300;

const jwt = typed('jwt', 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
  providers: { p: { issuer: 'i' } },
  rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
});
const routes = [{ match: { prefix: '/' }, direct_response: { status: 200 } }];
const listener = {
  ...listenerOf([
    manager({ http_filters: [jwt], route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] } }),
  ]),
  '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
  address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
};

it.each([
  [CAPTURED, END, 'direct-response', 'the route answers 200 itself'],
  [CAPTURED, END - 900, 'denied', `the token has expired (exp ${END - 900}, at the time of the capture, ${CAPTURED})`],
  [undefined, END, 'unknown', 'the time at which'],
  ['yesterday', END, 'unknown', 'the time at which'],
])('captured at %s, a token that ends at %d: %s', async (capturedAt, exp, verdict, because) => {
  const name = `${capturedAt ?? 'none'}-${exp}`.replaceAll(/[^\w-]/g, '');
  directory.write(`${name}/snapshot.json`, JSON.stringify({ version: 1, capturedAt }));
  directory.write(
    `${name}/proxies/shop/gate/config_dump.json`,
    JSON.stringify({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
          dynamic_listeners: [{ name: 'l', active_state: { listener } }],
        },
        { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump' },
      ],
    }),
  );
  const mesh = await openSnapshot(`${directory.path}/${name}`, {
    namespace: null,
    selector: null,
    note: () => undefined,
  });
  const tracer = await new TraceSession(mesh).open(undefined);
  const { verdict: found, hops } = await tracer.trace(
    {
      url: 'http://any.example:8080/',
      mode: 'gateway',
      headers: [['authorization', 'Bearer a.b.c']],
      claims: { iss: 'i', exp: String(exp) },
    },
    { allBranches: true, explain: false },
  );
  expect(found).toBe(verdict);
  expect(JSON.stringify(hops)).toContain(because);
});
