/**
 * What is not known is never a "no": a request that is fully given, with one input left out, has the same outcome as before or
 * one that is unknown and names the input.
 */
import fc from 'fast-check';
import { queryOf } from '../../../src/lib/check/check-request';
import type { CheckRequest } from '../../../src/lib/check/check-file';
import { addressBook } from '../../../src/lib/mesh/address-book';
import type { KnownMesh } from '../../../src/lib/trace/known-mesh';
import { trace, type UntoldTrace } from '../../../src/lib/trace/trace';
import { makeCalls } from '../../differential/generate/calls';
import { makeConfiguration } from '../../differential/generate/configuration';
import { checkRequest } from '../../differential/rig/mctl';
import { proxyOf } from '../../helpers/hop';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});
const file = directory.write('nothing.pem', '');
const certificate = { chain: file, key: file, uri: 'spiffe://cluster.local/ns/bookinfo/sa/client' };
const certificates = { root: file, server: certificate, client: certificate, directory: directory.path };

function meshOf(seed: number): { readonly mesh: KnownMesh; readonly requests: readonly CheckRequest[] } {
  const setting = { directory: directory.path, accessLog: file, certificates };
  const { resources, clusters, random } = makeConfiguration(seed, setting);
  const source = proxyOf({
    listeners: resources.listeners,
    clusters: resources.clusters,
    routes: resources.routeConfigurations,
    endpoints: resources.loadAssignments,
  });
  const mesh: KnownMesh = {
    source,
    book: addressBook({ pods: null, services: null, endpointSlices: null }),
    configOf: () => null,
    iptablesOf: () => null,
    missing: () => 'nobody has it',
    now: null,
  };
  return { mesh, requests: makeCalls({ random, clusters, client: certificate }, 40).map(checkRequest) };
}

/**
 * What the caller notices, and the way that the request took. Of policies that all deny one that does is named: which of them is
 * the first may hang on the input.
 */
function ending({ verdict, reason, status, responseFlags, location, hops }: UntoldTrace): unknown {
  const way = hops.map(({ listener, filterChain, virtualHost, route }) => [listener, filterChain, virtualHost, route]);
  return { verdict, reason, status, responseFlags, location, way };
}

it("a request without its caller's address ends as with it, or asks for it", () => {
  let open = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (seed) => {
      const { mesh, requests } = meshOf(seed);
      const given = requests.filter(({ mode }) => mode !== 'outbound').slice(0, 8);
      for (const request of given) {
        const options = { explain: { limit: 1 }, allBranches: false };
        const full = trace(mesh, queryOf(request), options).trace;
        const less = trace(mesh, { ...queryOf(request), sourceIp: undefined }, options);
        if (less.trace.verdict === 'unknown' && full.verdict !== 'unknown') {
          open += 1;
          expect(JSON.stringify([less.because, less.trace.hops])).toContain('--source-ip');
        } else {
          expect(ending(less.trace)).toEqual(ending(full));
        }
      }
    }),
    { numRuns: 80 },
  );
  expect(open).toBeGreaterThan(0);
});
