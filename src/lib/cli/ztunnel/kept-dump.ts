/** A dump that is checked first, and then printed as it came. */
import { InputError } from '../../errors';
import { bounded } from '../../limits';
import { renderJson } from '../../render/structured';
import { redacted } from '../../secrets/redact';
import { isSuspect } from '../../secrets/secret-text';
import { visibleJson } from '../../render/visible-json';
import type { Body } from '../../source/source';
import { readZtunnelDump } from '../../ztunnel/read-dump';

export class KeptDump {
  readonly #label: string;
  readonly #chunks: readonly Uint8Array[];

  private constructor(label: string, chunks: readonly Uint8Array[]) {
    this.#label = label;
    this.#chunks = chunks;
  }

  /** Reads and checks a dump, and keeps its bytes. Throws what readZtunnelDump throws. */
  static async read(body: Body): Promise<KeptDump> {
    const chunks: Uint8Array[] = [];
    async function* kept(): AsyncIterable<Uint8Array> {
      for await (const chunk of bounded(body.label, body.chunks())) {
        // The memory of a chunk may be used again for the next one.
        chunks.push(Uint8Array.from(chunk));
        yield chunk;
      }
    }
    await readZtunnelDump(body.label, kept(), {});
    return new KeptDump(body.label, chunks);
  }

  /**
   * Its text as it came, a piece at a time, with what is hidden in its strings as JSON's escapes; ztunnel writes no secret, and
   * one that stands there all the same is taken out.
   */
  *text(): Iterable<string> {
    const clean = isSuspect(Buffer.concat(this.#chunks).toString('latin1')) ? this.#redacted() : null;
    if (clean !== null) yield renderJson(clean);
    else {
      const decoder = new TextDecoder();
      for (const chunk of this.#chunks) yield visibleJson(decoder.decode(chunk, { stream: true }));
    }
  }

  /** The value without what is secret; null where nothing of it is. */
  #redacted(): object | null {
    const value = this.value();
    const clean = redacted(value);
    return clean === value ? null : clean;
  }

  /** The value of the whole. Throws InputError where it is longer than a JavaScript string can be. */
  value(): object {
    try {
      return JSON.parse(Buffer.concat(this.#chunks).toString('utf8')) as object;
    } catch (error) {
      throw new InputError(`${this.#label} is too large to be converted as a whole`, {
        hint: 'Take -o json, or one of its views.',
        cause: error,
      });
    }
  }
}
