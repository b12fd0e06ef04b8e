/** What a connection manager is given. */
import type { Unknown } from '../../match/ternary';
import type { Payload } from '../connection';
import type { HttpMessage } from '../../http/message';

/** What reaches a connection manager. */
export interface Downstream {
  /** Null where what comes is not HTTP. */
  readonly message: HttpMessage | null;
  readonly payload: Payload;
  /** Whether TLS was terminated in front of the manager. */
  readonly isTls: boolean;
  /** Whether TLS came that nobody terminated. */
  readonly isOpaqueTls: boolean;
  /** The application protocol that TLS agreed on; null where there is none. */
  readonly alpn: string | null;
  readonly localPort: number;
  readonly sourceIp: string | Unknown;
  /** The proxy's own address, which it names in place of a loopback peer; null where it is not known. */
  readonly ownIp: string | null;
  readonly presentsCertificate: boolean;
  /** Whether the manager sends a request again that it has admitted already, and whose headers it has set. */
  readonly isAgain: boolean;
}
