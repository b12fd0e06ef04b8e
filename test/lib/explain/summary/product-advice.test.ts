/** Configuration that another control plane than Istio wrote: who it was, how requests come, and advice in its own words. */
import { productOf } from '../../../../src/lib/envoy/product';
import type { ProxyConfig } from '../../../../src/lib/envoy/proxy-config';
import { remarksOn } from '../../../../src/lib/explain/summary/remarks';
import { diagnosisOf } from '../../../../src/lib/explain/summary/advice';
import { summarized } from '../../../../src/lib/explain/summary/summary';
import { generateChecks } from '../../../../src/lib/generate/generate';
import { type Hop, PRODUCT, type Reason, type Trace } from '../../../../src/lib/trace/model';
import type { TraceQuery } from '../../../../src/lib/trace/request/query';
import { REASONS } from '../../../../src/lib/trace/terms';
import { trace } from '../../../../src/lib/trace/trace';
import { lonelyMesh } from '../../../helpers/generated-mesh';
import { proxyOf } from '../../../helpers/hop';
import { PRODUCT_SAMPLES } from '../../../helpers/products';
import { fakeHop, fakeTrace } from '../../../helpers/fake-trace';
import { step } from '../../../helpers/told';

/** What only Istio has. */
const ISTIO =
  /istio|virtualservice|destinationrule|serviceentry|envoyfilter|peerauthentication|authorizationpolic|requestauthentication|telemetry\b|\bsidecar object|egress\.hosts|proxy-status|outboundTrafficPolicy|numTrustedProxies|pathNormalization/i;
const NAMED = PRODUCT_SAMPLES.map((one, index) => [`${one.product} #${index}`, one] as const);

const told = (config: ProxyConfig, query: TraceQuery): Trace =>
  summarized(trace(lonelyMesh(config), query, { explain: { limit: 3 }, allBranches: false }));

function advised(walk: Trace): string {
  const { cause, next, commands } = diagnosisOf(walk.request, walk);
  return [cause, next, ...commands, ...remarksOn(walk.request, walk)].join('\n');
}

describe.each(NAMED)('a proxy of %s', (_name, { product, resources, mode, lost, found, origin }) => {
  const config = proxyOf(resources);
  const at = mode === 'outbound' ? { originalDst: { ip: '10.96.0.1', port: 8080 } } : {};

  it('is told by its names', () => {
    expect(productOf(config)).toBe(product);
  });

  it('is met as its listeners say, and names the object that its configuration came from', () => {
    const walk = told(config, { url: found, ...at });
    expect([walk.verdict, walk.hops[0]?.direction]).toEqual(['delivered', mode]);
    const origins = walk.hops.flatMap(({ steps }) => steps.flatMap((step) => step.origin?.command ?? []));
    if (origin !== null) expect(origins).toContain(origin);
  });

  it('has advice of its own objects where no route takes a request', () => {
    const walk = told(config, { url: lost, ...at });
    expect([walk.status, walk.responseFlags]).toEqual([404, 'NR']);
    expect(advised(walk)).not.toMatch(ISTIO);
  });

  it('has checks that pass', async () => {
    const ask = (query: TraceQuery): Promise<Trace> => Promise.resolve(told(config, query));
    for (const said of [null, mode] as const) {
      const { checks, unreached } = await generateChecks(config, ask, said);
      expect([checks.length, unreached]).toEqual([1, []]);
    }
  });

  it.each(Object.keys(REASONS) as Reason[])(
    'has advice without Istio’s objects where a request ends with %s',
    (reason: Reason) => {
      for (const stage of ['iptables', 'listener', 'filter-chain', 'http-connection-manager', 'route'] as const) {
        const steps = [step(stage, 'ended', 'it', 'it ends')];
        const hops = (['outbound', 'gateway', 'inbound'] as const).map((direction): Hop => {
          return { ...fakeHop({ direction, clusters: [], steps }), [PRODUCT]: product };
        });
        for (const walked of [hops, hops.slice(0, 1), hops.slice(0, 2)]) {
          expect(advised(fakeTrace({ verdict: 'failed', reason, hops: walked }))).not.toMatch(ISTIO);
        }
      }
    },
  );
});
