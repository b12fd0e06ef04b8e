/** A dump that is checked first, and then printed as it came. */
import { InputError } from '../../errors';
import { bounded } from '../../limits';
import { rewriteJson } from '../../capture/json-rewriter';
import { SecretsVisitor } from '../../capture/secrets';
import { secretsAreShown } from '../../secrets/disclosure';
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
   * Its text as it came, a piece at a time, with what is hidden in its strings as JSON's escapes, and with no secret in it: by
   * the list that captures are cleaned by, so that the whole is never held as a value.
   */
  async *text(): AsyncIterable<string> {
    const decoder = new TextDecoder();
    const chunks = secretsAreShown() ? this.#bytes() : rewriteJson(this.#label, this.#bytes(), new SecretsVisitor());
    for await (const chunk of chunks) yield visibleJson(decoder.decode(chunk, { stream: true }));
  }

  async *#bytes(): AsyncIterable<Uint8Array> {
    for (const chunk of this.#chunks) yield await Promise.resolve(chunk);
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
