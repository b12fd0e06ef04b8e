import fc from 'fast-check';
import { renderTraceHtml } from '../../../src/lib/explain/html/trace-html';
import { hostileText, hostileTrace } from '../../helpers/hostile';
import { expectHarmless, tagsOf, unbalanced } from '../../helpers/strict-page';
import { ALL, DENIED, traceOf, WEIGHTED_CLUSTERS } from '../../helpers/traces';

describe('the page of a trace', () => {
  it.each(Object.entries(ALL))('of %s stands alone, and its links lead somewhere', (_name, trace) => {
    const page = renderTraceHtml(trace, () => ({ a: 1 }));
    expectHarmless(page);
    const ids = tagsOf(page).flatMap(({ attributes }) => attributes.get('id') ?? []);
    const links = tagsOf(page).flatMap(({ attributes }) => attributes.get('href')?.slice(1) ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
    const labels = tagsOf(page).flatMap(({ attributes }) => attributes.get('aria-labelledby') ?? []);
    expect(labels.filter((label) => !ids.includes(label))).toEqual([]);
  });

  it('forbids scripts and everything from elsewhere', () => {
    const page = renderTraceHtml(traceOf(), () => undefined);
    expect(page).toContain('content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;;');
    expect(page).not.toMatch(/url\(|@import|src=|https?:\/\/(?!reviews|www\.w3\.org\/2000\/svg)/);
  });

  it('closes every element that it opens', () => {
    expect(unbalanced(renderTraceHtml(WEIGHTED_CLUSTERS, () => [1]))).toEqual([]);
  });

  it('shows the dead end opened, with what it did not take and what to do', () => {
    const page = renderTraceHtml(DENIED, () => undefined);
    expect(page).toContain(
      'rule 0 of the AuthorizationPolicy viewer in bookinfo</span>: method GET does not match POST',
    );
    expect(page.match(/ open=""/g)).toHaveLength(1);
    expect(page).toContain('kubectl get authorizationpolicy -A');
  });

  it('shows pieces of configuration without private keys, long ones cut', () => {
    const piece = { private_key: { inline_string: 'SECRET' }, many: Array.from({ length: 400 }, (_, index) => index) };
    const page = renderTraceHtml(traceOf(), (_hop, pointer) => (pointer.includes('routes/0') ? piece : undefined));
    expect(page).toContain('/configs/4/dynamic_route_configs/0/route_config/virtual_hosts/3/routes/0');
    expect(page).not.toContain('SECRET');
    // Of 407 lines: 400 numbers, five lines in front of them and two behind.
    expect(page).toContain('\n    244,\n… 157 more lines<');
  });

  it('asks for a piece of configuration once, however many ways lead past it', () => {
    const asked: string[] = [];
    renderTraceHtml(WEIGHTED_CLUSTERS, (hop, pointer) => {
      asked.push(`${hop.proxy ?? ''} ${pointer}`);
      return asked.length % 2 === 0 ? undefined : [asked.length];
    });
    expect(asked.length).toBeGreaterThan(1);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('has no text of a dump that becomes markup', () => {
    fc.assert(
      fc.property(hostileTrace, hostileText, (trace, text) => {
        expectHarmless(renderTraceHtml(trace, () => ({ [text]: [text] })));
      }),
      { numRuns: 40 },
    );
  });
});

test('thousands of endpoints, clusters and ways are cut with their count', () => {
  const { clusters: [chosen] = [], ...hop } = traceOf({}).hops[0] ?? {};
  if (chosen === undefined) throw new Error('the trace has a cluster');
  const endpoints = Array.from({ length: 5000 }, () => ({ ...chosen.endpoints[0]!, share: 1 / 5000 }));
  const many = Array.from({ length: 300 }, () => ({ ...chosen, endpoints }));
  const trace = traceOf({ hops: [{ ...hop, clusters: many }] as any });
  const page = renderTraceHtml(
    {
      ...trace,
      branches: Array.from({ length: 150 }, () => WEIGHTED_CLUSTERS.branches[0]!),
    },
    () => undefined,
  );
  for (const text of ['4900 more endpoints', '200 more clusters', '130 more ways it can go'])
    expect(page).toContain(text);
});
