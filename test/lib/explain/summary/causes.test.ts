/** Cause, object and next step follow from what the ending step knows, not from its reason alone. */
import { type Diagnosis, diagnosisOf } from '../../../../src/lib/explain/summary/advice';
import { remarksOn } from '../../../../src/lib/explain/summary/remarks';
import { step } from '../../../helpers/told';
import type { SendsFacts } from '../../../../src/lib/trace/facts/upstream';
import type { Direction, Hop, Outcome, Reason, Step, Trace } from '../../../../src/lib/trace/model';
import { INBOUND, OUTBOUND, traceOf } from '../../../helpers/traces';

type Request = Partial<Trace['request']>;

function deadEnd(reason: Reason, hops: readonly Hop[], request: Request = {}, more: Partial<Outcome> = {}): Diagnosis {
  const verdict = reason === 'rbac-denied' ? 'denied' : 'failed';
  const trace = traceOf({ verdict, reason, ...more, hops });
  return diagnosisOf({ ...trace.request, ...request }, trace);
}

function text({ cause, next, commands }: Diagnosis): string {
  return [cause, next, ...commands].join('\n');
}

const ended = (stage: Step['stage'], facts: object, more: Partial<Step> = {}): Step => ({
  ...step(stage, 'ended', null, 'it ends', { facts }),
  ...more,
});
const hopOf = (direction: Direction, ...steps: readonly Step[]): Hop => ({
  ...INBOUND,
  direction,
  steps,
  clusters: [],
});
const sends = (tls: SendsFacts['tls'], callersTls = false): Step =>
  step('tls', 'passed', null, 'TLS', {
    facts: { sends: { tls, callersTls, payload: 'http/1.1', isGrpc: false, localities: [] } },
  });
const chain = (transport: string, serverName = '', alpn: readonly string[] = []): Step =>
  ended('filter-chain', { detected: { transport, serverName, alpn } }, { outcome: 'missed' });

describe('where no filter chain takes the connection', () => {
  it.each([
    ['plain text at a gateway', [hopOf('gateway', chain('raw_buffer'))], /https:\/\//, /SNI/],
    ['an unknown SNI at a gateway', [hopOf('gateway', chain('tls', 'x.test'))], /SNI.*x\.test/, /https:\/\//],
    ['plain text at a STRICT pod', [hopOf('inbound', chain('raw_buffer'))], /PERMISSIVE/, /http:\/\//],
    [
      'TLS of a DestinationRule',
      [{ ...OUTBOUND, steps: [sends('SIMPLE')] }, hopOf('inbound', chain('tls'))],
      /SIMPLE[^]*ISTIO_MUTUAL/,
      /PERMISSIVE/,
    ],
    [
      'TLS of the caller at an HTTP port',
      [{ ...OUTBOUND, steps: [sends('DISABLE', true)] }, hopOf('inbound', chain('tls', 'web', ['h2']))],
      /http:\/\//,
      /PERMISSIVE|ISTIO_MUTUAL/,
    ],
    ['mutual TLS where none is taken', [hopOf('inbound', chain('tls', '', ['istio']))], /DISABLE/, /http:\/\//],
  ] as const)('%s', (_name, hops, has, lacks) => {
    const told = text(deadEnd('no-filter-chain', hops));
    expect(told).toMatch(has);
    expect(told).not.toMatch(lacks);
  });
});

describe('the cause of a dead end', () => {
  it('of REGISTRY_ONLY tells an unknown host from a Service that a Sidecar hides', () => {
    const end = ended('endpoint', {});
    const lookedUp = step('iptables', 'matched', null, 'redirected', {
      facts: {
        destination: {
          found: { kind: 'in-url' },
          service: 'web.b',
          address: { ip: '10.0.0.1', port: 80 },
          otherVips: [],
        },
      },
    });
    expect(text(deadEnd('black-hole', [hopOf('outbound', end)]))).toMatch(/REGISTRY_ONLY[^]*ServiceEntry/);
    const hidden = text(deadEnd('black-hole', [hopOf('outbound', lookedUp, end)]));
    expect(hidden).toMatch(/Sidecar[^]*egress/);
    expect(hidden).not.toMatch(/ALLOW_ANY|ServiceEntry/);
  });

  it('of a denial is the condition that was met', () => {
    const policy = 'ns[shop]-policy[deny-tools]-rule[0]';
    const met = ended('http-filter', { met: [[{ kind: 'one', wants: 'header user-agent: prefix "curl/"' }]] });
    expect(text(deadEnd('rbac-denied', [hopOf('inbound', met)], {}, { policy }))).toContain('prefix "curl/"');
    const tcp = ended('network-filter', {});
    expect(text(deadEnd('rbac-denied', [hopOf('inbound', tcp)], {}, { policy }))).toContain('HTTP conditions');
  });

  it('is the nearest ALLOW policy, or on a TCP port that none of its rules is left', () => {
    const rejected = [{ name: 'ns[shop]-policy[readers]-rule[0]', because: 'method' }];
    const near = ended('http-filter', {}, { rejected, rejectedCount: 1 });
    expect(deadEnd('rbac-denied', [hopOf('inbound', near)]).cause).toContain('readers');
    expect(deadEnd('rbac-denied', [hopOf('inbound', ended('network-filter', {}))]).cause).toContain('HTTP conditions');
  });

  it('of an unescaped path is the request', () => {
    const url = 'http://web/a b';
    const told = text(
      deadEnd('protocol-error', [hopOf('outbound', ended('http-connection-manager', { refusal: 'escape-path' }))], {
        url,
      }),
    );
    expect(told).toContain('http://web/a%20b');
    expect(told).not.toContain('appProtocol');
  });

  it('of a redirect to https behind a proxy that ended TLS is a loop', () => {
    const hops = [hopOf('gateway', ended('virtual-host', {}))];
    const headers = [['X-Forwarded-Proto', 'https']] as const;
    expect(text(deadEnd('tls-required', hops, { headers }))).toContain('numTrustedProxies');
    expect(text(deadEnd('tls-required', hops, { headers: [] }))).toContain('call it over TLS');
  });

  it('of a host on a connection of another is the SNI', () => {
    const detected = { transport: 'tls', serverName: 'one.test', alpn: ['h2'] };
    const chosen = step('filter-chain', 'matched', '#0', 'SNI', { facts: { detected, serverNames: ['*.test'] } });
    const hops = [hopOf('gateway', chosen, ended('virtual-host', {}, { outcome: 'missed' }))];
    expect(text(deadEnd('no-virtual-host', hops, { authority: 'two.test' }))).toMatch(/SNI[^]*certificate/);
    expect(text(deadEnd('no-virtual-host', hops, { authority: 'one.test' }))).not.toContain('SNI');
  });

  it.each([
    ['no-listener', 'listener', { cause: { kind: 'no-listener', absent: { state: 'refused' } } }, 'envoyfilter'],
    ['no-listener', 'listener', { cause: { kind: 'no-listener', absent: { state: 'warming' } } }, 'mctl pc secret'],
    ['local-reply', 'http-connection-manager', { refusal: 'upgrade' }, 'upgrade_configs'],
    ['protocol-error', 'http-connection-manager', { refusal: 'http-1.0' }, 'PILOT_HTTP10'],
    [
      'protocol-error',
      'http-connection-manager',
      { cause: { kind: 'codec-refuses', fault: { kind: 'too-large', bytes: 2000, mostKib: 1 }, isHttp2: false } },
      'max_request_headers_kb',
    ],
    ['protocol-error', 'http-connection-manager', { cause: { kind: 'bytes-come' } }, 'appProtocol'],
    [
      'local-reply',
      'http-filter',
      { cause: { kind: 'foreign-origin', origin: 'a', target: 'b' } },
      'additional_origins',
    ],
    ['local-reply', 'http-filter', { cause: { kind: 'filter-open', input: 'x' } }, 'its configuration says'],
    ['tls-error', 'tls', { cause: { kind: 'no-sidecar' } }, 'DISABLE'],
    ['tls-error', 'tls', { cause: { kind: 'client-certificate-missing' } }, 'present a client certificate'],
  ] as const)('of %s is what the step knows', (reason, stage, facts, has) => {
    expect(text(deadEnd(reason, [hopOf('outbound', ended(stage, facts))]))).toContain(has);
  });
});

describe('remarks', () => {
  const remarks = (hop: Hop, request: Request = {}): string => {
    const trace = traceOf({ hops: [hop] });
    return remarksOn({ ...trace.request, ...request }, trace).join('\n');
  };

  it('are none where nothing surprises', () => {
    const trace = traceOf();
    expect(remarksOn(trace.request, trace)).toEqual([]);
  });

  it('say that a host has other addresses, which may lead elsewhere', () => {
    const lookedUp = (otherVips: readonly string[]): Step =>
      step('iptables', 'matched', null, 'redirected', {
        facts: { destination: { text: 'reviews', service: null, address: { ip: '10.0.0.1', port: 9080 }, otherVips } },
      });
    expect(remarks({ ...OUTBOUND, steps: [lookedUp([])] })).toBe('');
    expect(remarks({ ...OUTBOUND, steps: [lookedUp(['fd00::7'])] })).toContain('--resolve reviews:9080:fd00::7');
    expect(remarks({ ...OUTBOUND, steps: [lookedUp(['10.0.0.2', '10.0.0.3'])] })).toContain('10.0.0.2 or 1 more');
  });

  it('say once which entry of X-Forwarded-For is the client', () => {
    const manager = step('http-connection-manager', 'passed', 'x', 'HTTP/1.1 GET /', {
      facts: { details: [{ kind: 'client-address', address: '10.0.0.9', fromRight: 2 }] },
    });
    const trace = traceOf({
      hops: [
        { ...OUTBOUND, steps: [manager] },
        { ...INBOUND, steps: [manager] },
      ],
    });
    expect(remarksOn(trace.request, trace)).toEqual([
      "The client's address is taken from X-Forwarded-For: 10.0.0.9, entry 2 from the right.",
    ]);
  });

  it('say that no VirtualService applies where the route is istiod’s own', () => {
    const own = step('route', 'matched', 'default', 'prefix /');
    expect(remarks({ ...OUTBOUND, steps: [own] })).toContain('No VirtualService applies to reviews.bookinfo');
    const refused = traceOf({ verdict: 'failed', reason: 'tls-error', hops: [{ ...OUTBOUND, steps: [own] }] });
    expect(remarksOn(refused.request, refused)).toEqual([]);
  });

  it('say that a port is TCP, and that another host took the connection', () => {
    const proxy = step('network-filter', 'matched', 'outbound', 'the TCP proxy');
    const tcp = { ...OUTBOUND, virtualHost: null, steps: [proxy] };
    expect(remarks(tcp)).toContain('is TCP to this proxy');
    const other = { method: null, protocol: 'tcp', authority: null, url: 'tcp://db.test:9080' };
    expect(remarks(tcp, other)).toContain('not db.test');
    expect(remarks(tcp, { ...other, url: 'tcp://reviews.bookinfo:9080' })).not.toContain('not reviews');
  });

  it('say that TLS is inside TLS, and that gRPC goes on as HTTP/1.1', () => {
    expect(remarks({ ...OUTBOUND, steps: [sends('SIMPLE', true)] })).toContain('inside TLS');
    expect(remarks({ ...OUTBOUND, steps: [sends('ISTIO_MUTUAL', true)] })).toBe('');
    const grpc = { tls: 'DISABLE', callersTls: false, payload: 'http/1.1', isGrpc: true, localities: [] } as const;
    const sent = step('tls', 'passed', null, 'plain', { facts: { sends: grpc } });
    expect(remarks({ ...OUTBOUND, steps: [sent] })).toContain('appProtocol');
  });
});
