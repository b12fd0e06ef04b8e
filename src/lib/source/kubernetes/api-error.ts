/** What an API server answered or did not, as the user must act on it. */
import { wordFor } from '../../caller';
import { UnavailableError } from '../../errors';
import { Silence } from '../admin-client';
import { fieldAt, textOrEmpty } from '../../json-fields';
import type { ClusterAccess } from './access';
import { ProxyFailure, type ProxyOnTheWay } from './proxy-on-the-way';

/** The API server refused a request: its Status, as it is sent with every refusal. */
export class ApiRefusal extends UnavailableError {
  readonly status: number;
  /** `Forbidden`, `NotFound`; empty where the answer was no Status. */
  readonly reason: string;
  /** The Status' own words; empty where the answer was no Status. */
  readonly said: string;
  /** Milliseconds after which the server would be asked again; null where it does not want to be. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: RefusalOptions) {
    super(message, options);
    this.status = options.status;
    this.reason = options.reason;
    this.said = options.said;
    this.retryAfterMs = options.retryAfterMs;
  }
}

interface RefusalOptions {
  readonly hint?: string;
  readonly status: number;
  readonly reason: string;
  readonly said: string;
  readonly retryAfterMs: number | null;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export function apiRefusal(
  access: ClusterAccess,
  what: string,
  status: number,
  body: string,
  retryAfterMs: number | null,
): ApiRefusal {
  const document = statusOf(body);
  const said = textOrEmpty(fieldAt(document, 'message'));
  const reason = textOrEmpty(fieldAt(document, 'reason'));
  const text = said || (body.trim().split('\n')[0] ?? '').slice(0, 300) || 'without a word';
  const options = { status, reason, said, retryAfterMs };
  switch (status) {
    case 401:
      return new ApiRefusal(
        `the API server ${access.server.host} says 401 Unauthorized to ${userOf(access)}: ${text}`,
        {
          ...options,
          hint: `The credentials are missing, wrong or expired. Log in again; kubectl --context ${access.context} auth whoami asks the same way.`,
        },
      );
    case 403:
      return new ApiRefusal(`${what}: 403 Forbidden: ${text}`, { ...options, hint: forbiddenHint(access, said) });
    case 429:
      return new ApiRefusal(`${what}: 429 Too Many Requests, again and again: ${text}`, {
        ...options,
        hint: `The API server ${access.server.host} has too much to do. ${wordFor('concurrency')} asks for less at once, ${wordFor('timeout')} sets how long it is asked again.`,
      });
    default:
      return new ApiRefusal(`${what}: the API server ${access.server.host} says ${status}: ${text}`, {
        ...options,
        ...(status >= 500 ? { hint: unwellHint(access, text) } : {}),
      });
  }
}

function statusOf(body: string): unknown {
  try {
    const document: unknown = JSON.parse(body);
    return textOrEmpty(fieldAt(document, 'kind')) === 'Status' ? document : null;
  } catch {
    return null;
  }
}

function userOf({ user, context }: ClusterAccess): string {
  return user === '' ? `context "${context}", which has no user` : `user "${user}" of context "${context}"`;
}

/** The verb and resource that a role lacks, from the API server's own words. */
export function missingPermission(said: string): { readonly verb: string; readonly resource: string } | null {
  const match = /cannot (\S+) resource "([^"]+)"/.exec(said);
  return match === null ? null : { verb: match[1] ?? '', resource: match[2] ?? '' };
}

function forbiddenHint(access: ClusterAccess, said: string): string {
  const missing = missingPermission(said);
  if (missing?.resource === 'pods/portforward') {
    return (
      `The verb "${missing.verb}" on pods/portforward is missing. Since Kubernetes 1.35 a WebSocket needs both get and create; SPDY needs create alone. ` +
      'docs/live-clusters.md has a Role to apply. Where pods/exec is allowed, --via exec goes another way.'
    );
  }
  const asked = missing === null ? '' : `The verb "${missing.verb}" on ${missing.resource} is missing. `;
  return `${asked}docs/live-clusters.md has a Role to apply; kubectl --context ${access.context} auth can-i --list shows what is allowed.`;
}

function unwellHint(access: ClusterAccess, text: string): string {
  return /dialing backend|kubelet|:10250/.test(text)
    ? `The pod's node does not answer: kubectl --context ${access.context} get nodes shows its state.`
    : `The API server or what stands before it is unwell. Try again; kubectl --context ${access.context} get --raw /readyz asks for its state.`;
}

const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/;

/** A request that got no answer. */
export function unreachable(access: ClusterAccess, error: Error): UnavailableError {
  if (error instanceof UnavailableError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const { host } = access.server;
  const [says = ''] = (error.message || code).split('\n');
  const cause = { cause: error };
  if (error instanceof ProxyFailure && access.proxy !== null) return proxyFailed(access, access.proxy, error);
  if (TLS.test(code)) {
    return new UnavailableError(`TLS with the API server ${host} failed: ${says}${codeOf(says, code)}`, {
      ...cause,
      hint: tlsHint(error, says, access),
    });
  }
  return new UnavailableError(`cannot reach the API server ${host} of context "${access.context}": ${says}`, {
    ...cause,
    hint: `Is the cluster up, and the network or VPN to it? kubectl --context ${access.context} version asks the same address.`,
  });
}

/** The proxy on the way is not there, or refused to connect. */
function proxyFailed(access: ClusterAccess, { shown, setBy }: ProxyOnTheWay, error: ProxyFailure): UnavailableError {
  const status = /^Bad response: (\d{3})$/.exec(error.message)?.[1];
  const { host } = access.server;
  const says = status === undefined ? error.message : `it answered CONNECT with ${status}`;
  return new UnavailableError(`cannot reach the API server ${host} through the proxy ${shown} (${setBy}): ${says}`, {
    cause: error,
    hint: proxyHint(status, host),
  });
}

function proxyHint(status: string | undefined, host: string): string {
  if (status === '407')
    return 'The proxy asks for a user and a password: they stand before its host, with a colon between and @ behind.';
  if (status?.startsWith('4') === true) return `The proxy does not allow a connection to ${host}.`;
  if (status !== undefined) return `The proxy itself cannot reach ${host}: is the cluster up?`;
  return 'Is the proxy up, and the right one? Where none is needed, take it out, or name the host in NO_PROXY.';
}

function codeOf(says: string, code: string): string {
  return says.includes(code) || code === 'EPROTO' ? '' : ` (${code})`;
}

function tlsHint(error: Error, says: string, { context }: ClusterAccess): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'CERT_HAS_EXPIRED') return 'Its certificate has expired (or the clock here is wrong): renew it.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = textOrEmpty(fieldAt(error, 'cert', 'subjectaltname')) || 'other names';
    return `Its certificate is for ${names}: set tls-server-name of the cluster in the kubeconfig to one of these.`;
  }
  if (/wrong version number|packet length|http request/.test(says)) {
    return 'What listens there does not speak TLS: is the server of the cluster in the kubeconfig right?';
  }
  if (says.includes('alert')) return 'It refused the client certificate: renew the credentials of the kubeconfig.';
  return `Its certificate is not signed by the authority that the kubeconfig names (certificate-authority of the cluster of context "${context}").`;
}

/**
 * A request to the API server that was not answered in time.
 * @param isAtProxy whether the proxy on the way had not yet let the connection through
 */
export function timedOut(access: ClusterAccess, what: string, milliseconds: number, isAtProxy: boolean): Silence {
  const { proxy, server } = access;
  const seconds = `${milliseconds / 1000} s`;
  if (isAtProxy && proxy !== null) {
    return new Silence(
      `${what}: the proxy ${proxy.shown} (${proxy.setBy}) made no connection to the API server ${server.host} for ${seconds}`,
      { hint: `Is the proxy up, and can it reach the API server? A longer wait is set with ${wordFor('timeout')}.` },
    );
  }
  return new Silence(`${what}: no byte came from the API server ${server.host} for ${seconds}`, {
    hint: `A longer wait is set with ${wordFor('timeout')}. Something between here and there may hold the connection.`,
  });
}
