import fc from 'fast-check';
import { renderTraceHtml } from '../../../src/lib/explain/html/trace-html';
import { hostileText, hostileTrace } from '../../helpers/hostile';
import { ALL, DENIED, traceOf, WEIGHTED_CLUSTERS } from '../../helpers/traces';

const TAG = /^<(?:!DOCTYPE html|\/[a-z][a-z0-9]*|[a-z][a-z0-9]*(?: [a-zA-Z:-]+="[^"<>`']*")*\/?)>/;
const TAGS = new Set(
  (
    'html head meta title style body a header main footer section div p h1 h2 h3 h4 dl dt dd ul li span strong code pre ' +
    'details summary figure svg g rect path text table caption thead tbody tr th td'
  ).split(' '),
);
const ATTRIBUTES = new Set(
  (
    'lang charset http-equiv content name class href id open title role aria-label aria-labelledby tabindex scope xmlns ' +
    'width height viewBox x y rx d font-size letter-spacing'
  ).split(' '),
);

/** Every tag of a page, with what it holds; throws for a `<` that begins none. */
function tagsOf(page: string): readonly { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[] {
  const body = page.replace(/<style>[^<]*<\/style>/, '<style></style>');
  return [...body.matchAll(/</g)].map(({ index }) => {
    const [tag] = TAG.exec(body.slice(index)) ?? [];
    if (tag === undefined) throw new Error(`no tag of the page: ${body.slice(index, index + 60)}`);
    const attributes = new Map([...tag.matchAll(/ ([a-zA-Z:-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]));
    return { name: /^<\/?!?([A-Za-z0-9]+)/.exec(tag)?.[1] ?? '', attributes };
  });
}

function expectHarmless(page: string): void {
  const bad = tagsOf(page).filter(
    ({ name, attributes }) =>
      (name !== 'DOCTYPE' && !TAGS.has(name)) ||
      [...attributes.keys()].some((key) => !ATTRIBUTES.has(key)) ||
      !/^(?:#[a-z0-9-]+)?$/.test(attributes.get('href') ?? ''),
  );
  expect(bad).toEqual([]);
  expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
}

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
    const open: string[] = [];
    const page = renderTraceHtml(WEIGHTED_CLUSTERS, () => [1]).replace(/<style>[^<]*<\/style>/, '');
    for (const [tag, close, name, self] of page.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (self !== '/') open.push(name ?? tag);
    }
    expect(open).toEqual([]);
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
    expect(page).toContain('more lines');
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
