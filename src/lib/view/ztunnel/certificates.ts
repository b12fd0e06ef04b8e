/** `zc certificate`: the certificates that a ztunnel holds for the workloads of its node. Whether one is valid depends on the clock. */
import type { ZtunnelCertificate, CertificateChain } from '../../ztunnel/resources';
import { ageText } from '../duration-text';
import { type Column, layout } from '../layout';
import { JSON_NULL, listOrNull, othersOf } from './text';
import { type MadeAgain, ztunnelView } from './ztunnel-view';

type CertificateType = 'NA' | 'Leaf' | 'Intermediate' | 'Root';

interface Row {
  readonly identity: string;
  readonly status: string;
  readonly type: CertificateType;
  /** Null where there is none to show. */
  readonly certificate: ZtunnelCertificate | null;
}

const NONE = 'NA';

/** A chain with its roots, and the clock that they are judged by. */
interface CertificateEntry extends MadeAgain<CertificateEntry> {
  /** Null where it is null in the dump: JSON shows it. */
  readonly chain: CertificateChain | null;
  readonly now: Date;
}

export const certificateView = ztunnelView<'certificates', CertificateEntry, Date>({
  name: 'certificate',
  plural: 'certificates',
  section: 'certificates',
  join: ({ now }) => ({ joined: now }),
  entry: (chain, now, { isTable }) => (chain === null && isTable ? null : { chain, now }),
  filters: {},
  label: ({ chain }) => chain?.identity ?? '',
  short: layout(5, shortColumns(), judgedRows),
  wide: () => layout(2, [...shortColumns(), ...moreColumns()], judgedRows),
  notes: (entry) =>
    judgedRows(entry).flatMap((row) => {
      const why = whyNot(row);
      return why === null ? [] : [`certificate ${row.identity} (${row.type}) is not valid: ${why}`];
    }),
  json: ({ chain }) => (chain === null ? null : certificateJson(chain)),
  // As istioctl has it: null where the dump has no such section.
  wholeJson: (all, { outline }) => (outline.forms.certificates === 'absent' ? JSON_NULL : all),
});

interface JudgedRow extends Row {
  readonly state: string;
  readonly now: Date;
}

function judgedRows({ chain, now }: CertificateEntry): readonly JudgedRow[] {
  return chain === null ? [] : rowsOf(chain).map((row) => ({ ...row, state: chain.state ?? '-', now }));
}

function shortColumns(): readonly Column<JudgedRow>[] {
  return [
    { heading: 'CERTIFICATE NAME', cell: ({ identity }) => identity },
    { heading: 'TYPE', cell: ({ type }) => type },
    { heading: 'STATUS', cell: ({ status }) => status },
    {
      heading: 'VALID CERT',
      cell: ({ certificate, now }) => String(certificate !== null && isValid(certificate, now)),
    },
    ofCertificate('SERIAL NUMBER', ({ serialNumber = '' }) => serialText(serialNumber)),
    ofCertificate('NOT AFTER', ({ expirationTime = '' }) => expirationTime || NONE),
    ofCertificate('NOT BEFORE', ({ validFrom = '' }) => validFrom || NONE),
  ];
}

function ofCertificate(heading: string, text: (certificate: ZtunnelCertificate) => string): Column<JudgedRow> {
  return { heading, cell: ({ certificate }) => (certificate === null ? NONE : text(certificate)) };
}

/** The time that is left, and why one is not valid. */
function moreColumns(): readonly Column<JudgedRow>[] {
  return [
    { heading: 'EXPIRES IN', cell: leftCell },
    { heading: 'WHY NOT VALID', cell: (row) => whyNot(row) ?? '-' },
    { heading: 'STATE', cell: ({ state }) => state },
  ];
}

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

function leftCell({ certificate, now }: JudgedRow): string {
  const end = timeOf(certificate?.expirationTime ?? '');
  return end === null || end <= now.getTime() ? '-' : ageText(end - now.getTime());
}

function whyNot({ certificate, status, now }: JudgedRow): string | null {
  if (certificate === null) return `there is none: it is ${status === '' ? 'not said why' : status}`;
  const [from, to] = [timeOf(certificate.validFrom ?? ''), timeOf(certificate.expirationTime ?? '')];
  if (from === null || to === null) return 'its times cannot be read';
  if (to <= now.getTime()) return `it expired ${ageText(now.getTime() - to)} ago by this machine's clock`;
  return from >= now.getTime() ? `by this machine's clock it is valid only in ${ageText(from - now.getTime())}` : null;
}

/** istioctl's JSON value, in its order, and behind it the fields that istioctl drops. */
function certificateJson(chain: CertificateChain): object {
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
