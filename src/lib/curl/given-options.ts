/** The options of one curl command, to be asked by name. */
import type { Given } from './command-line';

/** Which HTTP version was asked for. `--http2` on http:// is HTTP/1.1 with an offer to upgrade. */
export type Version = '1.0' | '1.1' | '2' | '2-prior-knowledge' | null;

/** Of an option given more than once curl takes the last, but for those that add up. */
export class Options {
  readonly given: readonly Given[];
  readonly #last: ReadonlyMap<string, string | boolean>;

  constructor(given: readonly Given[]) {
    this.given = given;
    this.#last = new Map(given.map(({ name, value }) => [name, value]));
  }

  isOn(name: string): boolean {
    return this.#last.get(name) === true;
  }

  last(name: string): string | null {
    const value = this.#last.get(name);
    return typeof value === 'string' ? value : null;
  }

  all(name: string): readonly string[] {
    return this.given.filter((one) => one.name === name).map(({ value }) => String(value));
  }

  /** The first value that a `-H NAME:` of the command gives; empty for `NAME;` and `NAME:`, null where no -H names it. */
  header(name: string): string | null {
    for (const text of this.all('header')) {
      const found = /^([^:;]+)[:;](.*)$/s.exec(text);
      if (found?.[1]?.toLowerCase() === name) return found[2]?.trim() ?? '';
    }
    return null;
  }

  /** The file of `-T`, of which the first belongs to the first URL; null where there is none, and for `-T ''`. */
  get upload(): string | null {
    const [first = ''] = this.all('upload-file');
    return first === '' ? null : first;
  }
}
