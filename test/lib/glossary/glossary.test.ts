import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { nearestTerms, TERMS, termsNamed } from '../../../src/lib/glossary/glossary';

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags */
const FLAGS =
  'DC DF DI DO DPE DR DT FI IH LH LR NC NFCF NR OM RFCF RL RLSE SI UAEX UC UDO UF UH UMSDR UO UPE UR URX UT ' +
  'NoHealthyUpstream UpstreamRequestTimeout NoRouteFound NoClusterFound UnauthorizedExternalService OverloadManagerTerminated';

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details */
const DETAILS =
  'absolute_path_rejected admin_filter_response cluster_not_found downstream_local_disconnect downstream_remote_disconnect ' +
  'duration_timeout direct_response filter_added_invalid_request_data filter_added_invalid_response_data filter_chain_not_found ' +
  'filter_removed_required_request_headers filter_removed_required_response_headers internal_redirect low_version ' +
  'maintenance_mode max_duration_timeout missing_host_header missing_path_rejected no_healthy_upstream overload ' +
  'rejecting_because_detection_failed path_normalization_failed request_headers_failed_strict_check request_overall_timeout ' +
  'request_payload_exceeded_retry_buffer_limit request_payload_too_large response_payload_too_large ' +
  'route_configuration_not_found route_not_found stream_idle_timeout upgrade_failed upstream_max_stream_duration_reached ' +
  'upstream_per_try_timeout upstream_reset_after_response_started upstream_reset_before_response_started ' +
  'upstream_response_timeout via_upstream http1.body_disallowed http1.codec_error http1.connection_header_rejected ' +
  'http1.content_length_and_chunked_not_allowed http1.content_length_not_allowed http1.headers_too_large ' +
  'http1.invalid_characters http1.invalid_transfer_encoding http1.invalid_url http1.too_many_headers ' +
  'http1.transfer_encoding_not_allowed http1.unexpected_underscore http2.inbound_empty_frames_flood ' +
  'http2.invalid.header.field http2.outbound_frames_flood http2.too_many_headers http2.unexpected_underscore ' +
  'http2.unknown.nghttp2.error http2.violation.of.messaging.rule http2.remote_refuse http2.remote_reset ' +
  'http3.invalid_header_field http3.headers_too_large http3.unexpected_underscore http3.too_many_headers ' +
  'http3.too_many_trailers http3.remote_refuse http3.remote_reset http3.inconsistent_content_length';

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

  it.each([
    ['downstream_local_disconnect(on_idle_timeout)', ['downstream_local_disconnect', 'on_idle_timeout']],
    [
      'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111}',
      ['upstream_reset_before_response_started', 'remote_connection_failure'],
    ],
    ['jwt_authn_access_denied{Jwt_is_missing}', ['jwt_authn_access_denied']],
  ])('%s is known with what stands behind it', (text, names) => {
    expect(termsNamed(text).map(({ name }) => name)).toEqual(names);
  });

  it("has all of Envoy's response flags, short and long, and all response code details that its documentation lists", () => {
    const named = (kind: string): readonly string[] =>
      TERMS.filter((term) => term.kind === kind).flatMap(({ name, also = [] }) => [name, ...also]);
    expect(named('response flag')).toEqual(expect.arrayContaining(FLAGS.split(' ')));
    expect(named('response code details')).toEqual(expect.arrayContaining(DETAILS.split(' ')));
  });

  it('has every column of every view', () => {
    const folder = join(__dirname, '../../../src/lib/view');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const text = sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    const found = [...text.matchAll(/(?:heading: |(?:[cC]olumn|more|ofCertificate)(?:<\w+>)?\(\s*)'([^']+)'/g)];
    const headings = [...new Set(found.map(([, heading = '']) => heading))];
    expect(headings.length).toBeGreaterThan(70);
    const columns = new Set(TERMS.filter(({ kind }) => kind === 'column').map(({ name }) => name));
    expect(headings.filter((heading) => !columns.has(heading))).toEqual([]);
  });

  it('knows the names that istiod gave in the mesh that ships with mctl', () => {
    const path = '../../../sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz';
    const dump = gunzipSync(readFileSync(join(__dirname, path))).toString();
    const names = [...dump.matchAll(/"name": "((?:virtual|Passthrough|InboundPass|BlackHole|(?:in|out)bound)[^"]*)"/g)];
    expect(names.length).toBeGreaterThan(20);
    const unknown = names.map(([, name = '']) => name).filter((name) => termsNamed(name).length === 0);
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('knows every filter, access logger and transport socket of the mesh that ships with mctl', () => {
    const proxies = join(__dirname, '../../../sample/proxies/bookinfo');
    const names = readdirSync(proxies).flatMap((pod) => {
      const dump = gunzipSync(readFileSync(join(proxies, pod, 'config_dump.json.gz'))).toString();
      return [
        ...dump.matchAll(
          /"name": "((?:envoy\.(?:filters\.(?!common)|access_loggers\.|transport_sockets\.)|istio)[^"]*)"/g,
        ),
      ];
    });
    const all = new Set(names.map(([, name = '']) => name));
    expect(all.size).toBeGreaterThan(10);
    const isFilter = ({ kind }: { readonly kind: string }): boolean => /filter$|logger$|socket$/.test(kind);
    expect([...all].filter((name) => !/^istio-|^istiod/.test(name) && !termsNamed(name).some(isFilter))).toEqual([]);
  });

  it.each([
    ['envoy.filters.http.rbac', /AuthorizationPolicies.*The trace evaluates it\./],
    ['envoy.filters.http.lua', /not evaluated/],
    ['istio.stats', /metrics.*notes it/],
    ['istio_authn', /identity/],
    ['envoy.filters.listener.tls_inspector', /ClientHello/],
    ['envoy.filters.http.oauth2', /does not know: what comes to it is unknown/],
  ])('says of %s what it does, and what the trace does with it', (name, says) => {
    expect(termsNamed(name).map((term) => term.says)).toContainEqual(expect.stringMatching(says));
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
