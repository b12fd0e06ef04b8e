/** Finds the byte at which a text stops being JSON: slow and exact, for messages about what JSON.parse has refused. */

const WHITE_SPACE = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next: `first…` is what may also be the end of an empty container. */
type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma';

/**
 * The offset of the first byte that breaks the grammar of RFC 8259, which is the length where the text breaks off; null
 * where all is well. The bytes must be UTF-8.
 */
export function syntaxFault(bytes: Uint8Array): number | null {
  // One character a byte, so that places in the text are places in the bytes.
  return new Grammar(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')).fault();
}

class Grammar {
  readonly #text: string;
  readonly #closing: string[] = [];
  #at = 0;
  #expected: Expected = 'value';

  constructor(text: string) {
    this.#text = text;
  }

  fault(): number | null {
    do {
      this.#pass(WHITE_SPACE);
      if (!this.#step(this.#text[this.#at] ?? '')) return this.#at;
    } while (this.#expected !== 'comma' || this.#closing.length > 0);
    this.#pass(WHITE_SPACE);
    return this.#at === this.#text.length ? null : this.#at;
  }

  /** Passes one token; false where it cannot stand here. */
  #step(char: string): boolean {
    switch (this.#expected) {
      case 'first value':
      case 'first key':
        if (char === this.#closing.at(-1)) return this.#close();
        return this.#expected === 'first value' ? this.#value(char) : this.#key(char);
      case 'value':
        return this.#value(char);
      case 'key':
        return this.#key(char);
      case 'colon':
        return this.#go(char === ':', 'value');
      case 'comma':
        if (char === this.#closing.at(-1)) return this.#close();
        return this.#go(char === ',', this.#closing.at(-1) === '}' ? 'key' : 'value');
    }
  }

  #value(char: string): boolean {
    if (char === '{' || char === '[') {
      this.#closing.push(char === '{' ? '}' : ']');
      return this.#go(true, char === '{' ? 'first key' : 'first value');
    }
    this.#expected = 'comma';
    return char === '"' ? this.#string() : this.#pass(SCALAR);
  }

  #key(char: string): boolean {
    this.#expected = 'colon';
    return char === '"' && this.#string();
  }

  #string(): boolean {
    this.#at++;
    do this.#pass(PLAIN);
    while (this.#pass(ESCAPE));
    return this.#go(this.#text[this.#at] === '"', this.#expected);
  }

  #close(): boolean {
    this.#closing.pop();
    return this.#go(true, 'comma');
  }

  #go(isRight: boolean, next: Expected): boolean {
    if (!isRight) return false;
    this.#at++;
    this.#expected = next;
    return true;
  }

  /** Passes what the pattern finds here; false where that is nothing. */
  #pass(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const length = pattern.exec(this.#text)?.[0].length ?? 0;
    this.#at += length;
    return length > 0;
  }
}
