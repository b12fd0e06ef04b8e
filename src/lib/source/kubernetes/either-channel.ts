/** One way to an admin interface, and another for where the first cannot be gone. */
import { UnavailableError } from '../../errors';
import { type AdminChannel, AdminRefusal } from '../admin-client';
import type { Body } from '../source';

export class EitherChannel implements AdminChannel {
  readonly #first: AdminChannel;
  readonly #second: AdminChannel;
  readonly #whenSecond: (error: Error) => void;
  #taken: AdminChannel | null = null;

  /** @param whenSecond told why the second way is taken, once */
  constructor(first: AdminChannel, second: AdminChannel, whenSecond: (error: Error) => void) {
    this.#first = first;
    this.#second = second;
    this.#whenSecond = whenSecond;
  }

  body(paths: readonly string[]): Body {
    const { label } = this.#first.body(paths);
    return { label, chunks: () => this.#chunks(paths) };
  }

  async send(method: 'GET' | 'POST', path: string): Promise<Body> {
    if (this.#taken !== null) return await this.#taken.send(method, path);
    try {
      const body = await this.#first.send(method, path);
      this.#taken = this.#first;
      return body;
    } catch (error) {
      return await this.#instead(error).send(method, path);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#first.close(), this.#second.close()]);
  }

  async *#chunks(paths: readonly string[]): AsyncGenerator<Uint8Array> {
    if (this.#taken !== null) {
      yield* this.#taken.body(paths).chunks();
      return;
    }
    try {
      for await (const chunk of this.#first.body(paths).chunks()) {
        this.#taken = this.#first;
        yield chunk;
      }
      return;
    } catch (error) {
      if (this.#taken !== null) throw error;
      this.#taken = this.#instead(error);
    }
    yield* this.#taken.body(paths).chunks();
  }

  /** The second way, where the first is closed; what Envoy itself refused would be refused there as well. */
  #instead(error: unknown): AdminChannel {
    if (!(error instanceof UnavailableError) || error instanceof AdminRefusal) throw error;
    this.#whenSecond(error);
    this.#taken = this.#second;
    return this.#second;
  }
}
