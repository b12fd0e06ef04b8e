/** Bytes that are a private key, or a store of keys, by their form. */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
/** The highest version of what begins with one: a PKCS #12 store. */
const LAST_VERSION = 3;
/** How a length that is written in bytes of its own begins, and one that is not known before its end. */
const LONG_LENGTH = 0x80;

/** The first bytes of stores and keys that are not written in DER: Java's, Kerberos' and OpenSSH's. */
const MAGIC: readonly Buffer[] = [
  Buffer.from('feedfeed', 'hex'),
  Buffer.from('cececece', 'hex'),
  Buffer.from('05020000', 'hex'),
  Buffer.from('openssh-key-v1\0', 'latin1'),
];

/**
 * Whether bytes are a private key, or a store of some: a sequence of ASN.1 that begins with a version, as those of PKCS #1, #8 and
 * #12 and of elliptic curves do, and no certificate, public key or signature.
 * https://www.rfc-editor.org/rfc/rfc5958#section-2, https://www.rfc-editor.org/rfc/rfc7292#section-4
 */
export function areKeyBytes(bytes: Buffer): boolean {
  if (bytes.length < 32) return false;
  return isVersioned(bytes) || MAGIC.some((magic) => bytes.subarray(0, magic.length).equals(magic));
}

function isVersioned(bytes: Buffer): boolean {
  if (bytes[0] !== SEQUENCE) return false;
  const length = bytes[1] ?? 0;
  const at = 2 + (length > LONG_LENGTH ? length - LONG_LENGTH : 0);
  return bytes[at] === INTEGER && bytes[at + 1] === 1 && (bytes[at + 2] ?? LONG_LENGTH) <= LAST_VERSION;
}
