/** JSON Web Tokens with the claims of a class, signed by a key of this run. https://www.rfc-editor.org/rfc/rfc7519 */
import { generateKeyPairSync, sign } from 'node:crypto';

/** As seconds since 1970: in the year 2100. */
const EXPIRES = 4_102_444_800;

export class Signer {
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** The key set that a provider validates by. */
  get keySet(): string {
    const key = { ...this.#pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' };
    return JSON.stringify({ keys: [key] });
  }

  /** @param claims by name; a list is written as JSON */
  token(claims: Readonly<Record<string, string>>): string {
    const values = Object.entries(claims).map(([name, text]) => [name, text.startsWith('[') ? JSON.parse(text) : text]);
    const body = { ...(Object.fromEntries(values) as object), exp: EXPIRES };
    const head = [{ alg: 'ES256', kid: 'one', typ: 'JWT' }, body].map(encoded).join('.');
    const signature = sign('sha256', Buffer.from(head), { key: this.#pair.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${head}.${signature.toString('base64url')}`;
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
