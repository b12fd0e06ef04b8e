/** A program in a container that can send a request. */
import type { RequestToSend } from './request';

/** A command to run: words, never a shell's text; what is secret comes on its standard input. */
export interface Command {
  readonly words: readonly string[];
  /** Written to standard input; null for none. */
  readonly input: string | null;
  /** Whether it reads standard input to its end, so that the end must be told. */
  readonly readsToEnd: boolean;
}

export interface Tool {
  readonly name: string;
  /** Null where it cannot send this request as it is. */
  command(request: RequestToSend): Command | null;
  /** Exit statuses by which it says that it never sent anything: no such host, an unknown option. */
  readonly unsent: ReadonlySet<number>;
}
