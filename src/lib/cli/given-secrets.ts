/** Secrets that the person gave: on the command line, in a check file, by the environment. They are not printed. */
import type { Check, CheckRequest } from '../check/check-file';
import { queryOf } from '../check/check-request';
import { MctlError } from '../errors';
import { keepSecret } from '../secrets/disclosure';
import { isSecretName, isSecretPair, mayBeSecretName, readsAsKey } from '../secrets/names';

/** Headers of a request. */
export function keepSecretHeaders(headers: readonly (readonly [name: string, value: string])[]): void {
  for (const [name, value] of headers) {
    if (!isSecretPair(name, value)) continue;
    keepSecret(value);
    const [, basic] = /^basic\s+(\S+)$/i.exec(value.trim()) ?? [];
    if (basic === undefined) continue;
    // As `curl -u` takes it.
    const credentials = Buffer.from(basic, 'base64').toString('utf8');
    keepSecret(credentials);
    keepSecret(credentials.slice(credentials.indexOf(':') + 1));
  }
}

/** Variables that a check file names, and that are called like secrets. */
export function keepSecretVariables(text: string, env: Readonly<Record<string, string | undefined>>): void {
  for (const [, name = ''] of text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)/g)) {
    const value = env[name];
    if (value !== undefined && (isSecretName(name) || (mayBeSecretName(name) && readsAsKey(value)))) keepSecret(value);
  }
}

/** None of a request that cannot be understood, which is told when it is judged. */
function headersOf(request: CheckRequest): readonly (readonly [string, string])[] {
  try {
    return queryOf(request).headers ?? [];
  } catch (error) {
    if (error instanceof MctlError) return [];
    throw error;
  }
}

/** Headers of the requests of checks. */
export function keepSecretsOf(checks: readonly Check[]): void {
  for (const { subject } of checks) {
    if (subject.kind === 'forAll') {
      const headers = Object.entries(subject.forAll.request?.headers ?? {});
      keepSecretHeaders(headers.map(([name, value]) => [name, String(value)]));
    }
    if (subject.kind !== 'trace') continue;
    keepSecretHeaders(headersOf(subject.request));
  }
}
