/** A trace as the walk would give it, with the fields that a test names. */
import { step } from './told';
import { traceOf } from './traces';
import { type Hop, type Trace, withoutFacts } from '../../src/lib/trace/model';

export function fakeHop(more: Partial<Hop> = {}): Hop {
  return {
    proxy: 'web-1.shop',
    direction: 'outbound',
    listener: { name: '0.0.0.0_9080', address: '0.0.0.0:9080' },
    filterChain: { name: null, index: 0, default: false },
    routeConfiguration: { name: '9080' },
    virtualHost: { name: 'reviews:9080', domain: 'reviews:9080' },
    route: { name: null, index: 1 },
    clusters: [
      {
        name: 'outbound|9080|v2|reviews',
        share: 0.25,
        type: 'EDS',
        endpoints: [
          { address: '10.0.0.1', port: 9080, health: 'HEALTHY', share: 1, pod: 'reviews-2.shop' },
          { address: '10.0.0.9', port: 9080, health: 'UNHEALTHY', share: 0, pod: 'reviews-9.shop' },
        ],
      },
      {
        name: 'outbound|9080|v3|reviews',
        share: 0.75,
        type: 'EDS',
        endpoints: [{ address: '10.0.0.2', port: 9080, health: 'HEALTHY', share: 1, pod: null }],
      },
    ],
    steps: [
      step('listener', 'matched', '0.0.0.0_9080', 'the wildcard takes 9080'),
      step('route', 'matched', null, 'prefix / holds', {
        rejected: [{ name: 'luffy', because: 'header end-user luffy wanted' }],
        rejectedCount: 3,
      }),
    ],
    ...more,
  };
}

export function fakeTrace(more: Partial<Trace> = {}): Trace {
  const usual = traceOf({
    request: {
      method: 'GET',
      url: 'http://reviews:9080/',
      authority: 'reviews:9080',
      path: '/',
      protocol: 'HTTP/1.1',
      headers: [],
      destination: { ip: '10.96.0.1', port: 9080 },
      source: { proxy: 'web-1.shop', ip: '10.0.0.5' },
    },
    summary: 'The request is delivered.',
    hops: [fakeHop()],
  });
  return { ...withoutFacts(usual), ...more };
}
