/** mctl as a library: open a mesh, ask what becomes of requests, look at views, judge expectations. See docs/api.md. */
import type { Mesh, CheckOptions } from './api/mesh';
import { speakOfTheLibrary } from './lib/caller';
import type { CheckRequest } from './lib/check/check-file';
import type { CheckReport } from './lib/check/result';
import type { Finding } from './lib/lint/finding';
import type { Trace } from './lib/trace/model';

export { type CheckOptions, Mesh, type Proxy, type ReachQuestion, type ShownView } from './api/mesh';
export {
  type ClusterOptions,
  openAdmin,
  openAdmin as loadAdmin,
  openCluster,
  openCluster as loadCluster,
  openFiles,
  openFiles as loadFiles,
  type OpenOptions,
  openSample,
  openSample as loadSample,
  openSnapshot,
  openSnapshot as loadSnapshot,
} from './api/open';
export type { CheckRequest, GivenClaims, RequestMode, Scalar } from './lib/check/check-file';
export type { Coverage, Covered } from './lib/check/coverage';
export { type TraceExpectation, type Unmet, unmetExpectations } from './lib/check/expectation';
export type {
  BranchExpectation,
  HopExpectation,
  OneOrMore,
  ShareExpectation,
  WayExpectation,
} from './lib/check/expectation-types';
export type { CheckReport, CheckResult } from './lib/check/result';
export type { Shard } from './lib/check/shard';
export type { FieldChange } from './lib/diff/compare-values';
export type { DumpsDiff, ResourceChange, ViewDiff } from './lib/diff/compare-dumps';
export type { ConfigurationDiff, ProxyDiff } from './lib/diff/report';
export type { DiffView } from './lib/diff/resources';
export type { ControlPlane } from './lib/envoy/product';
export { ExitCode, InputError, MctlError, UnavailableError, UsageError } from './lib/errors';
export type { Finding, LintRule, Severity } from './lib/lint/finding';
export type { ClassOutcome } from './lib/reach/outcome';
export type { FixedRequest, Witness } from './lib/reach/query';
export type { ClassOfRequests, Reach } from './lib/reach/reach';
export type { WantedOutcomes } from './lib/reach/wanted';
export type { KubernetesOptions, Via } from './lib/source/kubernetes-options';
// What each step's facts are made of, by stage: no field of the JSON.
export type * from './lib/trace/facts/destination';
export type * from './lib/trace/facts/draws';
export type * from './lib/trace/facts/filters';
export type * from './lib/trace/facts/iptables';
export type * from './lib/trace/facts/journey';
export type * from './lib/trace/facts/known-filters';
export type * from './lib/trace/facts/listener';
export type * from './lib/trace/facts/manager';
export type * from './lib/trace/facts/policy';
export type * from './lib/trace/facts/routing';
export type * from './lib/trace/facts/step';
export type * from './lib/trace/facts/upstream';
export type * from './lib/trace/facts/ztunnel';
export type * from './lib/trace/model';
export type { ProxyVersion } from './lib/trace/connection';
export type { GivenProxyHeader } from './lib/trace/request/address-text';
export type { HostPort, TlsMode, TraceQuery } from './lib/trace/request/query';
export type { StepOutcome } from './lib/trace/terms';
export type { RedirectingMesh } from './lib/iptables/mesh-rules';
export type { Hook, TableName } from './lib/iptables/model';
export type { Fate, RulePlace } from './lib/iptables/walk';
export type { RbacAction } from './lib/envoy/rbac';
export type { CodecFault } from './lib/http/codec';
export type { TargetFault } from './lib/http/request-target';
export type { ConnectionFault } from './lib/http/connection-header';
export type { PathChange, PathFault } from './lib/http/path-normalization';
export type { Detected } from './lib/http/connection-facts';
export type { Lot } from './lib/http/route-input';
export type { FilterValues } from './lib/view/filter';
export type { ViewName } from './lib/view/views';

speakOfTheLibrary();

/** A request as a check file has it, and the proxy that sends it: by default the mesh's only one. */
export interface TraceRequest extends CheckRequest {
  readonly proxy?: string;
}

/** As `Proxy.trace`, of the proxy that the request names. */
export async function trace(mesh: Mesh, request: TraceRequest): Promise<Trace> {
  const { proxy, ...asked } = request;
  return await (await mesh.proxy(proxy)).trace(asked);
}

/** As `Proxy.lint`. */
export async function lint(mesh: Mesh, proxy?: string): Promise<readonly Finding[]> {
  return (await mesh.proxy(proxy)).lint();
}

/** As `Mesh.check`. */
export async function check(mesh: Mesh, text: string, options: CheckOptions = {}): Promise<CheckReport> {
  return await mesh.check(text, options);
}
