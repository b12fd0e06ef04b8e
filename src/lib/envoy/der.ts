/** The little of DER that certificates need which Node's X509Certificate does not tell. */

/** One value: its tag and the range of its contents. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const BOOLEAN = 0x01;
const OCTET_STRING = 0x04;
/** `[3] EXPLICIT Extensions` of a TBSCertificate. */
const EXTENSIONS = 0xa3;
/** 2.5.29.19 */
const BASIC_CONSTRAINTS = '551d13';

/**
 * Whether a certificate's basic constraints say that it is an authority's; false where it has none.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9
 */
export function isAuthority(der: Buffer): boolean {
  const [certificate] = children(der, { tag: 0, start: 0, end: der.length });
  const [tbs] = children(der, certificate);
  const wrapper = children(der, tbs).find(({ tag }) => tag === EXTENSIONS);
  const [list] = children(der, wrapper);
  for (const extension of children(der, list)) {
    const parts = children(der, extension);
    const oid = parts.find(({ tag }) => tag === OBJECT_IDENTIFIER);
    if (oid === undefined || der.toString('hex', oid.start, oid.end) !== BASIC_CONSTRAINTS) continue;
    const value = parts.find(({ tag }) => tag === OCTET_STRING);
    const constraints = children(der, value).find(({ tag }) => tag === SEQUENCE);
    const [flag] = children(der, constraints);
    return flag?.tag === BOOLEAN && der[flag.start] !== 0;
  }
  return false;
}

/** The elements inside another; none where the bytes are no DER. */
function children(der: Buffer, parent: Element | undefined): readonly Element[] {
  const found: Element[] = [];
  if (parent === undefined) return found;
  for (let at = parent.start; at < parent.end;) {
    const element = elementAt(der, at);
    if (element === null || element.end > parent.end) return found;
    found.push(element);
    at = element.end;
  }
  return found;
}

function elementAt(der: Buffer, at: number): Element | null {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return null;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const size = first & 0x7f;
  if (size === 0 || size > 4 || at + 2 + size > der.length) return null;
  const length = der.readUIntBE(at + 2, size);
  return { tag, start: at + 2 + size, end: at + 2 + size + length };
}
