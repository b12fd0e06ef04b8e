/** What became of proxies that could not be asked, told once for all that failed alike. */
import { MctlError } from '../errors';
import { listedNames, proxyName, withoutProxy } from '../proxy-id';
import type { ProxySource } from '../source/source';
import type { Streams } from './streams';

interface Group {
  readonly error: MctlError;
  /** As the first of them is said. */
  readonly line: string;
  readonly names: string[];
}

export class Failures {
  readonly #groups = new Map<string, Group>();

  /** Takes a failure that mctl reports; anything else is thrown on. */
  add(error: Error, { id, label }: ProxySource): void {
    if (!(error instanceof MctlError)) throw error;
    const line = `${error.message.includes(label) || (id !== null && error.message.includes(id.name)) ? '' : `${label}: `}${error.message}`;
    const name = id === null ? label : proxyName(id);
    // Without the names that differ, what is left is the cause.
    const said = `${line}\n${error.hint ?? ''}`;
    const key = id === null ? said.replaceAll(label, '') : withoutProxy(said, id);
    const known = this.#groups.get(key);
    if (known === undefined) this.#groups.set(key, { error, line, names: [name] });
    else known.names.push(name);
  }

  /** Says each cause on standard error, with how many proxies it befell and which. */
  say(streams: Streams): void {
    for (const { error, line, names } of this.#groups.values()) {
      streams.note(`Error: ${line}`);
      const others = names.slice(1);
      if (others.length > 0) streams.note(`The same of ${others.length} more: ${listedNames(others)}.`);
      if (error.hint !== null) streams.note(error.hint);
    }
    this.#groups.clear();
  }
}
