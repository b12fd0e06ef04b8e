import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearestTerms, TERMS, termsNamed } from '../../../src/lib/glossary/glossary';

const PAGE = join(__dirname, '../../../docs/terms.md');

describe('terms', () => {
  it.each([
    ['UH', 'response flag'],
    ['uh', 'response flag'],
    ['no-route', 'reason'],
    ['delivered', 'verdict'],
    ['http-filter', 'stage of a trace'],
    ['SERVICE FQDN', 'column'],
    ['shadowed-route', 'rule of lint'],
    ['virtualInbound', 'listener'],
    ['BlackHoleCluster', 'cluster'],
    ['15008', 'port'],
    ['istio-h2', 'application protocol (ALPN)'],
    ['outbound|9080|v2|reviews.bookinfo.svc.cluster.local', 'cluster'],
    ['inbound|8080||', 'cluster'],
    ['inbound-vip|80|http|a.b.svc.cluster.local', 'cluster'],
    ['outbound_.9080_._.reviews.bookinfo.svc.cluster.local', 'server name (SNI)'],
    ['0.0.0.0_9080', 'listener'],
    ['http.80.web.gateway.shop', 'route configuration'],
    ['rbac_access_denied_matched_policy[ns[a]-policy[b]-rule[0]]', 'response code details'],
    ['URX,UF', 'response flag'],
    ['no healthy upstream: 10.96.0.1:80', 'error of ztunnel'],
    ['explicitly denied by: shop/deny-all', 'error of ztunnel'],
    [
      '2026-08-22T15:00:17Z error access connection complete src.addr=10.0.0.2:41234 error="http status: 401 Unauthorized"',
      'error of ztunnel',
    ],
  ])('%s is a %s', (text, kind) => {
    expect(termsNamed(text).map((term) => term.kind)).toContain(kind);
  });

  it('gives the nearest for what it does not know', () => {
    expect(termsNamed('no-rout')).toEqual([]);
    expect(nearestTerms('no-rout')).toContain('no-route');
  });

  it('has whole sentences, a page of documentation and a command for each', () => {
    for (const { name, says, cause, next, page } of TERMS) {
      expect([name, says]).toEqual([name, expect.stringMatching(/[.:]$/)]);
      if (cause !== null) expect([name, cause]).toEqual([name, expect.stringMatching(/\.$/)]);
      expect(next).toMatch(/^mctl /);
      expect(page).toMatch(/^https:\/\//);
    }
  });

  it('stands in docs/terms.md', () => {
    const cell = (text: string): string => text.replaceAll('|', '\\|');
    const kinds = [...new Set(TERMS.map(({ kind }) => kind))];
    const sections = kinds.map((kind) => {
      const rows = TERMS.filter((term) => term.kind === kind).map(
        ({ name, says, cause, next }) => `| \`${cell(name)}\` | ${cell(says)} | ${cell(cause ?? '–')} | \`${next}\` |`,
      );
      const heading = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
      return `## ${heading}\n\n| name | what it is | usual cause | next |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
    });
    const head =
      '# Terms\n\nWhat `mctl explain NAME` tells. This page is made from `src/lib/glossary`; ' +
      '`UPDATE_DOCS=1 npx jest test/lib/glossary` writes it anew.\n\n';
    const whole = `${head}${sections.join('\n')}`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, whole);
    expect(readFileSync(PAGE, 'utf8')).toBe(whole);
  });
});
