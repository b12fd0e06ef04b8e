/** A file of expectations: what it may say. `parse-check-file.ts` reads it. */
import type { TraceExpectation } from './expectation';

export type Scalar = string | number | boolean;
export type GivenClaims = Readonly<Record<string, Scalar>> | readonly string[];

/** How a request comes to its proxy. */
export type RequestMode = 'outbound' | 'inbound' | 'gateway' | 'waypoint';

export interface CheckRequest {
  /** The URL, or a curl command in its place: the schema asks for one of the two. */
  readonly url?: string;
  readonly curl?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, Scalar>> | readonly (readonly [Scalar, Scalar])[];
  readonly httpVersion?: Scalar;
  readonly originalDst?: string;
  readonly resolve?: string | readonly string[];
  readonly sni?: string;
  readonly alpn?: string | readonly string[];
  readonly tls?: 'plaintext' | 'tls' | 'mtls';
  readonly sourceIp?: string;
  readonly sourcePrincipal?: string;
  /** The address, with its port, that a PROXY protocol header names; true for the caller's own. */
  readonly proxyProtocol?: string | boolean;
  readonly connectProtocol?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: RequestMode;
  readonly claim?: GivenClaims;
  readonly claims?: GivenClaims;
  /** The request carries no JWT. */
  readonly noToken?: boolean;
  readonly serverFirst?: boolean;
  readonly oneHop?: boolean;
  readonly allBranches?: boolean;
  readonly explain?: boolean;
}

/** What every request has of which the same is expected. */
export type ForAllRequest = Omit<
  CheckRequest,
  'curl' | 'headers' | 'originalDst' | 'resolve' | 'proxyProtocol' | 'mode' | 'serverFirst' | 'allBranches' | 'explain'
> & {
  readonly headers?: Readonly<Record<string, Scalar>>;
  /** Requests that the pod sends, or those that come to it from any caller. */
  readonly mode?: 'outbound' | 'inbound';
};

/** Every request that meets the conditions. */
export interface ForAll {
  readonly request?: ForAllRequest;
  /** As `--where` of `mctl reach` takes them. */
  readonly where?: readonly string[];
  readonly maxClasses?: number;
}

export interface ViewExpectation {
  readonly count?: number;
  readonly jsonpath?: Readonly<Record<string, unknown>>;
}

export type ViewKind = 'listener' | 'route' | 'cluster' | 'endpoint';

/** Values of a view's flags. */
export type ViewFilter = Readonly<Record<string, string | number>>;

/** A check as the file holds it. */
export interface CheckEntry {
  readonly name?: string;
  readonly proxy?: string;
  readonly request?: CheckRequest;
  readonly forAll?: ForAll;
  readonly allBranches?: boolean;
  readonly view?: ViewKind;
  readonly filter?: Readonly<Record<string, Scalar>>;
  readonly matrix?: Readonly<Record<string, readonly Scalar[]>>;
  readonly expect?: (TraceExpectation & ViewExpectation) | null;
}

export interface CheckSource {
  readonly snapshot?: string;
  readonly file?: string | readonly string[];
  readonly sample?: boolean | 'ambient';
  readonly admin?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
}

/** One check to run, its matrix and variables filled in. */
export interface Check {
  readonly name: string;
  /** The file's name as given, and the line where the check begins. */
  readonly file: string;
  readonly line: number;
  /** The target of the proxy; null where neither the check nor the file names one. */
  readonly proxy: string | null;
  readonly subject: CheckSubject;
}

export type CheckSubject =
  | {
      readonly kind: 'trace';
      readonly request: CheckRequest;
      readonly allBranches: boolean;
      /** Null where nothing is expected: traced, reported and passed. */
      readonly expect: TraceExpectation | null;
    }
  | { readonly kind: 'forAll'; readonly forAll: ForAll; readonly expect: TraceExpectation | null }
  | {
      readonly kind: 'view';
      readonly view: ViewKind;
      readonly filter: ViewFilter;
      readonly expect: ViewExpectation | null;
    };

export interface CheckFile {
  readonly label: string;
  readonly source: CheckSource | null;
  readonly checks: readonly Check[];
}
