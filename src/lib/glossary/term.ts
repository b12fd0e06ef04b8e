/** A term that people meet in a mesh, in plain words. The command `explain` and the page docs/terms.md are made of these. */
export interface Term {
  readonly name: string;
  /** Other spellings of it. */
  readonly also?: readonly string[];
  /** What sort of term it is, for a heading: `response flag`. */
  readonly kind: string;
  /** One or two sentences: what it is. */
  readonly says: string;
  /** The usual cause in an Istio mesh; null where it is no fault. */
  readonly cause: string | null;
  /** What to run next; POD.NAMESPACE stands for the proxy. */
  readonly next: string;
  /** The page of documentation that it comes from. */
  readonly page: string;
}

export const ENVOY = 'https://www.envoyproxy.io/docs/envoy/latest';
export const ISTIO = 'https://istio.io/latest/docs';
