/** What is behind a pod's admin port, and how the way to it fails. */

export interface Backend {
  /** The TCP port or Unix socket on this machine that answers for the pod's port; null where nothing listens. */
  readonly port: number | string | null;
  /** The port of the pod that it stands for: 15000. */
  readonly podPort?: number;
  /** Other ports of the pod, and the TCP ports on this machine that answer for them. */
  readonly otherPorts?: Readonly<Record<number, number>>;
  readonly fault?: Fault;
  /** What commands in the container print, by command line; pilot-agent is played without. */
  readonly commands?: Readonly<Record<string, string>>;
  /** Runs any other command for real; null where there is no such program. */
  readonly run?: (words: readonly string[], container: string, input: string | null) => Promise<Result | null>;
  /** Logs by container. */
  readonly logs?: Readonly<Record<string, string | (() => string)>>;
}

/** What came of a command. */
export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export type Fault =
  /** The upgrade is never answered. */
  | { readonly kind: 'dial-hangs' }
  /** The upgrade is answered with a status and a text. */
  | { readonly kind: 'dial-fails'; readonly status: number; readonly message: string }
  /** After so many bytes of an answer: the pod's server resets (a text on the error channel, then close 1000). */
  | { readonly kind: 'reset'; readonly after: number }
  /** … the pod's server goes away without a word, and the forward is closed with 1000. */
  | { readonly kind: 'ends'; readonly after: number }
  /** … the node dies: the connection to the API server breaks, close 1006. */
  | { readonly kind: 'dies'; readonly after: number }
  /** … nothing more comes. */
  | { readonly kind: 'silence'; readonly after: number }
  /** Every chunk comes so much later. */
  | { readonly kind: 'slow'; readonly milliseconds: number };
