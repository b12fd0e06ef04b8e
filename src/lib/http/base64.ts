/** Base64 as Envoy reads it in headers: the standard alphabet, padding left out or not. */

/** The bytes; null for what is no base64: another alphabet, a length that cannot be, bits that are left over and not 0. */
export function base64Bytes(text: string): Buffer | null {
  const plain = text.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return null;
  const bytes = Buffer.from(plain, 'base64');
  return bytes.toString('base64').replace(/=+$/, '') === plain ? bytes : null;
}
