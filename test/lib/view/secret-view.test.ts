/** Secrets made for the test: what each column says, and that no key comes out. */
import { ConfigDump } from '../../../src/lib/envoy/config-dump';
import { redacted } from '../../../src/lib/secrets/redact';
import { renderPlain } from '../../../src/lib/render/table';
import { secretView as viewAt } from '../../../src/lib/view/secret-view';
import type { AppliedView, ViewResult } from '../../../src/lib/view/view';
import { issue, pemOf } from '../../helpers/certificates';
import { sectionOf } from '../../helpers/filters';

const NOW = new Date('2026-08-22T12:00:00Z');
const root = issue({ subject: 'mesh root', isAuthority: true, serial: 0x7a11 });
const leaf = issue({
  subject: 'leaf',
  issuer: root,
  uris: ['spiffe://cluster.local/ns/bookinfo/sa/reviews'],
  dnsNames: ['reviews.bookinfo.svc'],
  notAfter: new Date('2026-08-23T14:00:00Z'),
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const chain = (...pems: readonly string[]): object => ({
  tls_certificate: { certificate_chain: { inline_bytes: base64(pems.join('')) } },
});
const roots = (...pems: readonly string[]): object => ({
  validation_context: { trusted_ca: { inline_bytes: base64(pems.join('')) } },
});

function dumpOf(secrets: Readonly<Record<string, object>>, list = 'dynamic_active_secrets'): ConfigDump {
  const entries = Object.entries(secrets).map(([name, secret]) => ({ name, secret: { name, ...secret } }));
  return new ConfigDump({
    kind: 'config_dump',
    label: 'test',
    sections: [sectionOf('SecretsConfigDump', list, entries)],
  });
}

function applied(dump: ConfigDump): AppliedView {
  return viewAt(NOW).apply(dump, { values: {} });
}

function shown(dump: ConfigDump): ViewResult {
  return applied(dump).result;
}

function cellsOf(secret: object, column: string): readonly string[] {
  const { header, rows } = shown(dumpOf({ default: secret })).wide();
  return rows.map((row) => row[header.indexOf(column)] ?? '');
}

test('a leaf and a root in istioctl’s columns', () => {
  const view = shown(dumpOf({ default: chain(leaf.pem), ROOTCA: roots(root.pem) }));
  expect(renderPlain(view.table)).toBe(
    [
      'RESOURCE NAME     TYPE           STATUS     VALID CERT     SERIAL NUMBER                        NOT AFTER                NOT BEFORE',
      'default           Cert Chain     ACTIVE     true           00000000000000000000000000001267     2026-08-23T14:00:00Z     2026-01-01T00:00:00Z',
      'ROOTCA            CA             ACTIVE     true           00000000000000000000000000007a11     2036-01-01T00:00:00Z     2026-01-01T00:00:00Z',
      '',
    ].join('\n'),
  );
});

test('a trust domain where every certificate has one', () => {
  const { table } = shown(dumpOf({ default: chain(leaf.pem) }));
  expect(table.header.at(-1)).toBe('TRUST DOMAIN');
  expect(table.rows[0]?.at(-1)).toBe('cluster.local');
});

test('wide shows names, issuer, fingerprint and every certificate of a bundle', () => {
  const other = issue({ subject: 'other root', isAuthority: true });
  const intermediate = issue({ subject: 'intermediate', issuer: root, isAuthority: true });
  expect(cellsOf(roots(root.pem, other.pem, intermediate.pem), 'CERT')).toEqual(['1/3', '2/3', '3/3']);
  expect(cellsOf(roots(root.pem, other.pem, intermediate.pem), 'ISSUER')).toEqual([
    'CN=mesh root',
    'CN=other root',
    'CN=mesh root',
  ]);
  expect(cellsOf(chain(leaf.pem), 'SPIFFE IDS AND DNS NAMES')).toEqual([
    'spiffe://cluster.local/ns/bookinfo/sa/reviews,reviews.bookinfo.svc',
  ]);
  expect(cellsOf(chain(leaf.pem), 'EXPIRES IN')).toEqual(['1d2h']);
});

describe('why a certificate is not valid', () => {
  const expired = issue({ subject: 'a', notAfter: new Date('2026-08-20T12:00:00Z') });
  const early = issue({ subject: 'a', notBefore: new Date('2026-08-22T13:30:00Z') });
  test.each<[why: string, secret: object, says: string]>([
    ['expired', chain(expired.pem), 'it expired 2d ago'],
    ['not yet', chain(early.pem), 'it is valid only in 1h30m'],
    ['unparsable', chain(pemOf('CERTIFICATE', Buffer.from('no certificate'))), 'it cannot be parsed'],
    ['no PEM', chain('hello'), 'it is not PEM'],
    ['another thing', chain(pemOf('X509 CRL', Buffer.from('x'))), 'it is a x509 crl'],
    [
      'in a file',
      { tls_certificate: { certificate_chain: { filename: '/etc/certs/cert.pem' } } },
      'it is in the file /etc/certs/cert.pem of the proxy, which the dump does not show',
    ],
    ['nowhere', {}, 'the secret holds no certificate'],
  ])('%s', (_why, secret, says) => {
    expect(cellsOf(secret, 'WHY NOT VALID')).toEqual([says]);
    expect(applied(dumpOf({ default: secret })).remarks).toEqual([
      `secret default: certificate 1/1 is not valid: ${says}`,
    ]);
    expect(shown(dumpOf({ default: secret })).table.rows[0]?.[3]).toBe('false');
  });

  test('one of a bundle, which istioctl does not look at', () => {
    expect(cellsOf(roots(root.pem, expired.pem), 'WHY NOT VALID')).toEqual(['-', 'it expired 2d ago']);
  });
});

test('a row for each trust domain of a SPIFFE validator; one that cannot be read takes the column away', () => {
  const bundle = (name: string, pem: string): object => ({ name, trust_bundle: { inline_bytes: base64(pem) } });
  const validator = (...domains: readonly object[]): object => ({
    validation_context: {
      custom_validator_config: {
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig',
          trust_domains: domains,
        },
      },
    },
  });
  const both = shown(dumpOf({ r: validator(bundle('a.example', root.pem), bundle('b.example', root.pem)) }));
  expect(both.table.rows.map((row) => row.at(-1))).toEqual(['a.example', 'b.example']);
  const broken = shown(dumpOf({ r: validator(bundle('a.example', root.pem), bundle('b.example', '')) }));
  expect(broken.table.header).not.toContain('TRUST DOMAIN');
});

test('nothing to show', () => {
  expect(shown(dumpOf({})).instead).toBe('No active or warming secrets found.');
  expect(shown(dumpOf({ s: chain(leaf.pem) }, 'static_secrets')).count).toBe(0);
});

describe('private keys', () => {
  const holds = (value: unknown): boolean => {
    const text = JSON.stringify(value);
    const body = leaf.keyPem.split('\n')[1] ?? '';
    return text.includes(body) || text.includes(base64(leaf.keyPem)) || text.includes('PRIVATE KEY');
  };
  test.each<[where: string, value: object]>([
    ['bytes', { tls_certificate: { private_key: { inline_bytes: base64(leaf.keyPem) } } }],
    ['text', { tlsCertificate: { privateKey: { inlineString: leaf.keyPem } } }],
    ['behind a certificate', { trusted_ca: { inline_bytes: base64(root.pem + leaf.keyPem) } }],
    ['in metadata', { metadata: { note: `key: ${leaf.keyPem} end` } }],
    ['cut off', { metadata: { note: leaf.keyPem.slice(0, -40) } }],
  ])('%s', (_where, value) => {
    expect(holds(value)).toBe(true);
    expect(holds(redacted(value))).toBe(false);
  });

  test('as Envoy writes it, and nothing else is touched', () => {
    const value = {
      tls_certificate: {
        certificate_chain: { inline_bytes: base64(leaf.pem) },
        private_key: { inline_bytes: 'c2VjcmV0', filename: '/etc/key.pem' },
        password: { inline_string: 'p' },
      },
    };
    expect(redacted(value)).toEqual({
      tls_certificate: {
        certificate_chain: { inline_bytes: base64(leaf.pem) },
        private_key: { inline_bytes: base64('[redacted]'), filename: '/etc/key.pem' },
        password: { inline_string: '[redacted]' },
      },
    });
    const clean = { metadata: { password_file: 'a word', note: 'a name' } };
    expect(redacted(clean)).toBe(clean);
  });

  test('what stands around a key stays', () => {
    const value = { trusted_ca: { inline_bytes: base64(`${root.pem}${leaf.keyPem}${root.pem}`) } };
    const clean = redacted(value);
    expect(Buffer.from(clean.trusted_ca.inline_bytes, 'base64').toString()).toBe(`${root.pem}[redacted]\n${root.pem}`);
  });
});

test('a serial number of more than 32 digits has no leading zero, a shorter one is filled up', () => {
  const serial = (value: bigint): readonly string[] =>
    cellsOf(chain(issue({ subject: 'leaf', serial: value }).pem), 'SERIAL NUMBER');
  // 35 digits: DER writes bytes, so a zero in front of them.
  expect(serial(0x6357ca72bc230cc08306f603d3ef5b361c0n)).toEqual(['6357ca72bc230cc08306f603d3ef5b361c0']);
  expect(serial(0xabcn)).toEqual(['00000000000000000000000000000abc']);
});
