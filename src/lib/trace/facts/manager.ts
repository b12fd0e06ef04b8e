/** What the steps of the HTTP connection manager know. */
import type { CodecFault } from '../../http/codec';
import type { PathChange, PathFault } from '../../http/path-normalization';

export type ManagerCause =
  | { readonly kind: 'admitted'; readonly protocol: string; readonly method: string; readonly path: string }
  | { readonly kind: 'no-http' }
  | { readonly kind: 'path-refused'; readonly fault: PathFault }
  | { readonly kind: 'no-path'; readonly target: string }
  /** `input`: what the form of the redirect depends on; null where that is known. */
  | { readonly kind: 'escaped-slashes'; readonly input: string | null }
  | { readonly kind: 'client-address-missing' }
  /** `header`: the one by which the connection manager decides; null for another input. */
  | { readonly kind: 'manager-open'; readonly header: string | null; readonly input: string }
  | { readonly kind: 'tls-comes-unopened' }
  | { readonly kind: 'client-waits-for-server' }
  | { readonly kind: 'bytes-come' }
  | { readonly kind: 'other-protocol-to-http2'; readonly payload: string }
  | { readonly kind: 'http2-to-http1' }
  | { readonly kind: 'http10-not-accepted' }
  | { readonly kind: 'no-host' }
  | { readonly kind: 'codec-refuses'; readonly fault: CodecFault; readonly isHttp2: boolean }
  | { readonly kind: 'upgrade-refused'; readonly upgrade: string }
  /** The time that grpc-timeout leaves the stream is 0. */
  | { readonly kind: 'no-time-left' }
  | { readonly kind: 'follows-redirect'; readonly location: string }
  | { readonly kind: 'writes-access-logs'; readonly count: number }
  /** Null where the tracer has no name. */
  | { readonly kind: 'traces-requests'; readonly percent: number; readonly provider: string | null };

export type ManagerSetting =
  | ({ readonly kind: 'path-change' } & PathChange)
  | { readonly kind: 'authority-change'; readonly from: string; readonly to: string }
  | { readonly kind: 'early-header-change'; readonly change: string }
  /** The address in X-Forwarded-For that is taken for the client's; `fromRight`: which entry that was sent, 1 for the last. */
  | { readonly kind: 'client-address'; readonly address: string; readonly fromRight: number }
  /** Null where it is not told where to; `isFiltered`: whether a filter says of which requests. */
  | { readonly kind: 'access-log'; readonly name: string; readonly to: string | null; readonly isFiltered: boolean }
  | TracedShare;

/** The share of requests that are traced. */
export interface TracedShare {
  readonly kind: 'traced-requests';
  readonly percent: number;
  /** Whether it is what istiod writes, or Envoy's own, where nothing is set. */
  readonly isDefault: boolean;
}

/** What the step of a refusal by the HTTP connection manager knows. */
export interface RefusalFacts {
  readonly refusal?: 'escape-path' | 'upgrade' | 'http-1.0';
}
