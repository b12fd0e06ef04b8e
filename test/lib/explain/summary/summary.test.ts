import fc from 'fast-check';
import { step } from '../../../helpers/told';
import { FACTS, type Hop, type Reason, type Step, type Trace } from '../../../../src/lib/trace/model';
import { adviceFor } from '../../../../src/lib/explain/summary/advice';
import { toldStep } from '../../../../src/lib/explain/telling/tell-trace';
import { reachedIn, reachedStep } from '../../../../src/lib/trace/hop/reached';
import { flagsText } from '../../../../src/lib/explain/summary/response-flags';
import { summaryOf } from '../../../../src/lib/explain/summary/summary';
import { takenCluster, takenEndpoint } from '../../../../src/lib/explain/summary/chosen-upstream';
import { causeSentence, fateOf } from '../../../../src/lib/explain/summary/verdict-sentence';
import { hostileTrace } from '../../../helpers/hostile';
import {
  clusterOf,
  DENIED,
  INBOUND,
  NO_VIRTUAL_HOST,
  OUTBOUND,
  PRODUCTPAGE,
  REDIRECTED,
  traceOf,
} from '../../../helpers/traces';

function ending(reason: Reason, last: Step, hop: Partial<Hop> = {}): Trace {
  return traceOf({ verdict: 'failed', reason, status: 503, hops: [{ ...OUTBOUND, ...hop, steps: [last] }] });
}

const advice = (trace: Trace): string => {
  const found = adviceFor(trace.request, trace);
  return found === null ? '' : [found.text, ...found.commands].join('\n');
};

describe('a summary', () => {
  it('says what happens, where and why, and what to do', () => {
    expect(summaryOf(NO_VIRTUAL_HOST, '')).toBe(
      'GET http://review:9080/reviews/0 fails: the caller gets 404, NR (no route). ' +
        `No virtual host of route 9080 lists the domain \`review:9080\`; nearest: \`reviews:9080\`. ` +
        'Call it by a name that is listed, or declare `review` with a Service, a ServiceEntry, or the hosts of a VirtualService.',
    );
  });

  it('of a delivered request names where it arrives', () => {
    const { request } = traceOf();
    const at = (hops: readonly Hop[]): string => fateOf(request, traceOf({ hops }));
    expect(at([OUTBOUND, INBOUND])).toContain('delivered to the application on port 9080 of reviews-v2');
    expect(at([OUTBOUND])).toBe('is delivered to reviews-v2-7bf8c9648f-rzfp6.bookinfo at 10.244.0.37:9080');
    expect(at([])).toBe('is delivered to its destination');
  });

  it('does not call delivered what goes to a proxy that nobody has walked', () => {
    const steps = [
      step('listener', 'unknown', 'x.ns', 'the walk stops before x.ns: no configuration'),
      toldStep(reachedStep({ kind: 'pod', pod: 'x.ns', byZtunnel: false })),
    ];
    const trace = traceOf({ hops: [{ ...OUTBOUND, steps }] });
    expect(summaryOf(trace, '')).toBe(
      'GET http://reviews:9080/reviews/0 is sent to x.ns, whose own proxy is not known. ' +
        'The walk stops before x.ns: no configuration.',
    );
  });

  it('of a redirect, an answer and a closed connection', () => {
    expect(summaryOf(REDIRECTED, '')).toBe(
      'GET http://reviews:9080/reviews/0 is redirected: the caller gets 301 to https://reviews:9080/reviews/0.',
    );
    const { request } = traceOf();
    expect(fateOf(request, traceOf({ verdict: 'direct-response', status: 418 }))).toBe(
      'is answered by Envoy itself: the caller gets 418',
    );
    expect(fateOf(request, traceOf({ verdict: 'failed', responseFlags: 'NR' }))).toBe(
      "fails: the caller's connection is closed without an answer, NR (no filter chain)",
    );
    expect(fateOf(request, traceOf({ verdict: 'failed', responseFlags: 'FI', statusDependsOn: 'a filter' }))).toBe(
      'fails: the caller gets a status that depends on a filter, FI (a fault was injected)',
    );
    expect(fateOf({ ...request, url: 'grpc://a/b' }, traceOf({ verdict: 'failed', status: 200 }))).toBe(
      'fails: the caller gets 200 with a gRPC error',
    );
  });

  it('takes the reason that is handed in where no step ends the walk', () => {
    expect(
      summaryOf(traceOf({ verdict: 'failed', reason: 'no-next-hop', hops: [] }), 'the request goes round'),
    ).toContain('The request goes round.');
  });

  it('begins a sentence with a capital, but never changes a name', () => {
    const cause = (because: string): string | null =>
      causeSentence(ending('no-route', step('route', 'missed', null, because), { proxy: null }));
    expect(cause('no route takes it')).toBe('No route takes it.');
    expect(cause('outbound|80||a is not there')).toBe('outbound|80||a is not there.');
    expect(cause('depends on a claim')).toBe('It depends on a claim.');
  });
});

describe('response flags', () => {
  it.each([
    ['UF', 503, 'UF (no connection to the upstream)'],
    ['URX,UF', 503, 'URX,UF (retries are used up, no connection to the upstream)'],
    ['NR', 404, 'NR (no route)'],
    ['NR', null, 'NR (no filter chain)'],
    ['XYZ', 500, 'XYZ'],
  ])('%s with status %s', (flags, status, text) => {
    expect(flagsText(flags, status)).toBe(text);
  });
});

describe('advice', () => {
  it('there is none where the request gets an answer that is meant', () => {
    expect(advice(traceOf())).toBe('');
    expect(advice(REDIRECTED)).toBe('');
  });

  it('names the subset that no DestinationRule has', () => {
    const name = clusterOf('v9').name;
    const text = advice(ending('cluster-not-found', step('cluster', 'missed', name, 'not in the dump')));
    expect(text).toContain('no DestinationRule for `reviews.bookinfo.svc.cluster.local`');
    expect(text).toContain('has the subset `v9`');
    expect(text).toContain(`mctl pc cluster ${PRODUCTPAGE} --fqdn reviews.bookinfo.svc.cluster.local`);
  });

  it('tells no endpoints from endpoints that may not be used', () => {
    const last = step('endpoint', 'ended', null, 'none');
    const [cluster] = OUTBOUND.clusters;
    const empty = { ...cluster!, endpoints: [] };
    expect(advice(ending('no-healthy-endpoint', last, { clusters: [empty] }))).toContain('has no endpoint at all');
    const text = advice(ending('no-healthy-endpoint', last));
    expect(text).toContain('none of the 1 endpoints');
    expect(text).toContain('kubectl get endpointslices -n bookinfo -l kubernetes.io/service-name=reviews');
  });

  it('names the policies that did not match, and no others', () => {
    const last = step('http-filter', 'ended', 'rbac', 'none matches', {
      rejected: [{ name: 'ns[a]-policy[b]-rule[0]', because: 'method' }],
      rejectedCount: 1,
    });
    const audit = step('http-filter', 'passed', 'rbac', 'marked', {
      origin: { kind: 'AuthorizationPolicy', name: 'audit', namespace: 'a', command: 'kubectl get … audit' },
    });
    const trace = ending('rbac-denied', last);
    const text = advice({ ...trace, hops: [{ ...INBOUND, steps: [audit, last] }] });
    expect(text).toContain('kubectl get authorizationpolicy b -n a -o yaml');
    expect(text).not.toContain('audit');
    expect(advice(DENIED)).toContain('kubectl get authorizationpolicy -A');
  });

  it('tells a gateway’s empty server from a route that is missing', () => {
    const last = step('route', 'missed', null, 'no route');
    expect(advice(ending('no-route', last, { virtualHost: { name: 'blackhole:443', domain: '*' } }))).toContain(
      'nothing is bound to this server of the Gateway',
    );
    expect(advice(ending('no-route', last))).toContain('matches GET /reviews/0');
  });

  it('can be pasted into a shell, whatever the names are', () => {
    fc.assert(
      fc.property(hostileTrace, (trace) => {
        for (const line of adviceFor(trace.request, trace)?.commands ?? []) {
          if (trace.hops.some((hop) => hop.steps.some(({ origin }) => origin?.command === line))) continue;
          // In $'…' a backslash takes the quote behind it along, in '…' it does not.
          expect(line.replace(/\$'(?:[^'\\]|\\.)*'|'[^']*'|\\'/g, '')).toMatch(/^[\w@%+=:,./ -]*$/);
        }
      }),
    );
  });
});

describe('the way taken', () => {
  const clusters = [clusterOf('v2', 0.9), clusterOf('v3', 0.1, '10.244.0.38')];
  const hop = (...steps: readonly Step[]): Hop => ({ ...OUTBOUND, clusters, steps });

  it('is what the steps name, else the likeliest', () => {
    expect(takenCluster(hop(step('cluster', 'matched', clusters[1]!.name, '')))?.name).toBe(clusters[1]!.name);
    expect(takenEndpoint(hop(step('cluster', 'matched', clusters[1]!.name, '')))?.address).toBe('10.244.0.38');
    expect(takenCluster(hop())?.name).toBe(clusters[0]!.name);
    expect(takenEndpoint({ ...hop(), clusters: [] })).toBeNull();
  });

  it('ends at what was reached', () => {
    const place = { kind: 'pod', pod: 'x', byZtunnel: false } as const;
    expect(reachedIn([reachedStep(place)])).toEqual(place);
    expect(reachedIn([step('endpoint', 'matched', '1.2.3.4:80', 'reaches')[FACTS]])).toBeNull();
  });
});
