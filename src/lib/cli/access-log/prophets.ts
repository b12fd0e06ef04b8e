/** The proxies whose logs are read, each opened once. */
import { AskedHeaders } from '../../access-log/asked-headers';
import { configuredFormats } from '../../access-log/configured-formats';
import type { LogFormat } from '../../access-log/format';
import type { Prophet } from '../../access-log/judge';
import { TraceSession } from '../../session/trace-session';
import type { MeshSource } from '../../source/source';

export interface LogWriter {
  /** `pod.namespace`; null where nobody knows. */
  readonly proxy: string | null;
  readonly prophet: Prophet;
  /** The formats that its configuration writes. */
  readonly formats: readonly LogFormat[];
}

export class Prophets {
  readonly #session: TraceSession;
  readonly #open = new Map<string, Promise<LogWriter>>();

  constructor(mesh: MeshSource) {
    this.#session = new TraceSession(mesh);
  }

  /** The proxy that a target names; undefined for the only one. Throws where there is none. */
  async writer(target: string | undefined): Promise<LogWriter> {
    const key = target ?? '';
    const known = this.#open.get(key) ?? this.#read(target);
    this.#open.set(key, known);
    return await known;
  }

  async #read(target: string | undefined): Promise<LogWriter> {
    const tracer = await this.#session.open(target);
    const prophet: Prophet = {
      config: tracer.config,
      trace: (query, watch) => tracer.trace(query, { allBranches: false, explain: false, quiet: true, watch }),
      asking: async (query) => {
        let asked = new AskedHeaders();
        const watch = (): AskedHeaders => (asked = new AskedHeaders());
        await tracer.trace(query, { allBranches: false, explain: false, quiet: true, watch });
        return asked;
      },
      everyWay: (query) => tracer.trace(query, { allBranches: true, explain: false, quiet: true }),
    };
    return { proxy: tracer.proxy, prophet, formats: configuredFormats(tracer.config) };
  }
}
