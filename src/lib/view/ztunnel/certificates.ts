/** `zc certificate`: the certificates that a ztunnel holds for the workloads of its node. Whether one is valid depends on the clock. */
import type { Table } from '../../render/table';
import type { ZtunnelCertificate, CertificateChain } from '../../ztunnel/resources';
import { ageText } from '../duration-text';
import { listOrNull, othersOf } from './text';

type CertificateType = 'NA' | 'Leaf' | 'Intermediate' | 'Root';

interface Row {
  readonly identity: string;
  readonly status: string;
  readonly type: CertificateType;
  /** Null where there is none to show. */
  readonly certificate: ZtunnelCertificate | null;
}

const HEADER = ['CERTIFICATE NAME', 'TYPE', 'STATUS', 'VALID CERT', 'SERIAL NUMBER', 'NOT AFTER', 'NOT BEFORE'];
const NONE = 'NA';
const PADDING = 5;

/** A row for each certificate of a chain, then for each root. */
function rowsOf({ identity = '', state = '', certChain, rootCerts }: CertificateChain): readonly Row[] {
  const chain = certChain ?? [];
  const roots = rootCerts ?? [];
  const status = state.includes('Unavailable') ? 'Unavailable' : state;
  if (chain.length === 0) return [{ identity, status, type: 'NA', certificate: null }];
  return [
    ...chain.map((certificate, index) => ({
      identity,
      status,
      type: typeOf(index, chain.length, roots.length > 0),
      certificate: certificate ?? {},
    })),
    ...roots.map((certificate) => ({ identity, status, type: 'Root' as const, certificate: certificate ?? {} })),
  ];
}

/** Old ztunnels have the root at the end of the chain. */
function typeOf(index: number, length: number, hasRoots: boolean): CertificateType {
  if (index === 0) return 'Leaf';
  return !hasRoots && index === length - 1 ? 'Root' : 'Intermediate';
}

/** @param now the clock that validity is judged by */
export function certificateTable(chains: readonly CertificateChain[], now: Date): Table {
  return { header: HEADER, rows: chains.flatMap(rowsOf).map((row) => cells(row, now)), padding: PADDING };
}

/** With the time that is left, and why one is not valid. */
export function wideCertificateTable(chains: readonly CertificateChain[], now: Date): Table {
  return {
    header: [...HEADER, 'EXPIRES IN', 'WHY NOT VALID', 'STATE'],
    rows: chains.flatMap((chain) =>
      rowsOf(chain).map((row) => [...cells(row, now), leftCell(row, now), whyNot(row, now) ?? '-', chain.state ?? '-']),
    ),
    padding: 2,
  };
}

function cells({ identity, type, status, certificate }: Row, now: Date): readonly string[] {
  if (certificate === null) return [identity, type, status, 'false', NONE, NONE, NONE];
  const { serialNumber = '', validFrom = '', expirationTime = '' } = certificate;
  const valid = String(isValid(certificate, now));
  return [identity, type, status, valid, serialText(serialNumber), expirationTime || NONE, validFrom || NONE];
}

/** Lower-case hexadecimal digits of a decimal number; what Go prints of a number that is none. */
function serialText(decimal: string): string {
  return /^[+-]?\d+$/.test(decimal) ? BigInt(decimal).toString(16) : '<nil>';
}

function isValid({ validFrom = '', expirationTime = '' }: ZtunnelCertificate, now: Date): boolean {
  const [from, to] = [timeOf(validFrom), timeOf(expirationTime)];
  return from !== null && to !== null && from < now.getTime() && now.getTime() < to;
}

/** RFC 3339, in milliseconds; null for any other text. */
function timeOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

function leftCell({ certificate }: Row, now: Date): string {
  const end = timeOf(certificate?.expirationTime ?? '');
  return end === null || end <= now.getTime() ? '-' : ageText(end - now.getTime());
}

function whyNot({ certificate, status }: Row, now: Date): string | null {
  if (certificate === null) return `there is none: it is ${status === '' ? 'not said why' : status}`;
  const [from, to] = [timeOf(certificate.validFrom ?? ''), timeOf(certificate.expirationTime ?? '')];
  if (from === null || to === null) return 'its times cannot be read';
  if (to <= now.getTime()) return `it expired ${ageText(now.getTime() - to)} ago by this machine's clock`;
  return from >= now.getTime() ? `by this machine's clock it is valid only in ${ageText(from - now.getTime())}` : null;
}

/** Remarks on certificates that are not valid now, by the clock that they were judged by. */
export function certificateNotes(chains: readonly CertificateChain[], now: Date): readonly string[] {
  return chains.flatMap(rowsOf).flatMap((row) => {
    const why = whyNot(row, now);
    return why === null ? [] : [`certificate ${row.identity} (${row.type}) is not valid: ${why}`];
  });
}

/** istioctl's JSON value, in its order, and behind it the fields that istioctl drops. */
export function certificateJson(chain: CertificateChain): object {
  return {
    identity: chain.identity ?? '',
    state: chain.state ?? '',
    certChain: certificatesJson(chain.certChain),
    rootCerts: certificatesJson(chain.rootCerts),
    ...othersOf(chain, ['identity', 'state', 'certChain', 'rootCerts']),
  };
}

function certificatesJson(certificates: CertificateChain['certChain']): readonly (object | null)[] | null {
  const known = ['pem', 'serialNumber', 'validFrom', 'expirationTime'];
  return listOrNull(
    certificates?.map((one) =>
      one === null
        ? null
        : {
            pem: one.pem ?? '',
            serialNumber: one.serialNumber ?? '',
            validFrom: one.validFrom ?? '',
            expirationTime: one.expirationTime ?? '',
            ...othersOf(one, known),
          },
    ),
  );
}
