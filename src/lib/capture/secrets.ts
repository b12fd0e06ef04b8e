/** Keeps secrets out of what is written: private keys, passwords, tokens, wherever they stand in a document. */
import type { StringAt, StringVisitor } from './json-rewriter';

/** Fields of Envoy's messages, under either spelling, of which no value is written. */
const FIELDS = new Set(
  [
    'private_key',
    'password',
    'pkcs12',
    'session_ticket_keys',
    'generic_secret',
    'token_secret',
    'hmac_secret',
    'client_secret',
  ].flatMap((name) => [name, name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())]),
);

/** What a source of data names and does not hold. */
const NAMES = new Set(['filename', 'environment_variable', 'environmentVariable', 'name', '@type']);

/** What Envoy writes itself in place of a secret: as text, and where the field is bytes. */
const REDACTED = '[redacted]';
const REDACTED_BYTES = 'W3JlZGFjdGVkXQ==';

/** The shortest text that can hold a key. */
const SHORTEST_KEY = 60;

/** A visitor that leaves secrets out and hands every other string to the next visitor. */
export class SecretsVisitor implements StringVisitor {
  /** The document's own keys. */
  readonly topKeys = new Set<string>();
  readonly #next: StringVisitor | null;
  /** Depth of the object that has a secret field, while inside its value; null outside. */
  #inside: number | null = null;

  constructor(next: StringVisitor | null = null) {
    this.#next = next;
  }

  /** Inside a secret's value every string counts. */
  get minBytes(): number {
    return this.#inside !== null ? 0 : (this.#next?.minBytes ?? SHORTEST_KEY);
  }

  visit(text: string, at: StringAt): string {
    if (at.isKey) this.#enter(text, at.depth);
    else if (this.#isSecret(text, at.key)) return isBytes(at.key) ? REDACTED_BYTES : REDACTED;
    return this.#next?.visit(text, at) ?? text;
  }

  #enter(key: string, depth: number): void {
    if (depth === 1) this.topKeys.add(key);
    if (this.#inside !== null && depth <= this.#inside) this.#inside = null;
    if (this.#inside === null && FIELDS.has(key)) this.#inside = depth;
  }

  #isSecret(text: string, key: string): boolean {
    return (this.#inside !== null && !NAMES.has(key)) || isPrivateKey(text);
  }

  leave(depth: number): void {
    if (this.#inside !== null && depth < this.#inside) this.#inside = null;
    this.#next?.leave(depth);
  }
}

function isBytes(key: string): boolean {
  return key === 'inline_bytes' || key === 'inlineBytes';
}

/** A private key in PEM, also in base64 as JSON writes bytes. */
function isPrivateKey(text: string): boolean {
  if (text.length < SHORTEST_KEY) return false;
  const plain = text.startsWith('LS0tLS1CRUdJTi')
    ? Buffer.from(text.slice(0, 2_000_000), 'base64').toString('latin1')
    : text;
  return /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/.test(plain);
}
