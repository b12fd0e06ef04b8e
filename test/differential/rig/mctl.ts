/** The built mctl, run over many requests at once, as `mctl check` does it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { CheckRequest } from '../../../src/lib/check/check-file';
import type { Trace } from '../../../src/lib/trace/model';
import type { Call } from './call';

const BIN = join(__dirname, '../../../bin/run.js');

interface Report {
  readonly checks: readonly { readonly error: string | null; readonly trace: Trace | null }[];
}

/** A trace, or why there is none. */
export type Traced = Trace | { readonly error: string };

/** Traces the requests over one source, given as mctl's flags (`-f FILE`, `--snapshot DIR`). */
export function traceAll(
  source: readonly string[],
  requests: readonly CheckRequest[],
  proxy: string | null = null,
  { walksBranches = false }: { readonly walksBranches?: boolean } = {},
): readonly Traced[] {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-check-'));
  try {
    const file = join(directory, 'checks.json');
    const checks = requests.map((request, index) => ({
      name: `request ${index}`,
      request,
      // What is expected does not matter here: who asks for a share has the branches walked.
      ...(walksBranches ? { expect: { share: 1 } } : {}),
    }));
    writeFileSync(file, JSON.stringify({ ...(proxy === null ? {} : { proxy }), checks }));
    const args = [BIN, 'check', file, ...source, '-o', 'json'];
    const ran = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      maxBuffer: 1 << 29,
      env: { ...process.env, MCTL_SNAPSHOT: '' },
    });
    const report = parseReport(ran.stdout, ran.stderr, ran.status);
    return report.checks.map(({ trace, error }) => trace ?? { error: error ?? 'no trace' });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function parseReport(stdout: string, stderr: string, status: number | null): Report {
  try {
    return JSON.parse(stdout) as Report;
  } catch {
    const printed = `${stdout.length} characters on standard output that end with ${JSON.stringify(stdout.slice(-200))}`;
    throw new Error(`mctl check ended with ${status ?? 'a signal'} and ${printed}: ${stderr.slice(0, 4000)}`);
  }
}

/** The call as a check file has it. */
export function checkRequest(call: Call): CheckRequest {
  const { address, port, http, tls } = call;
  const scheme = http === null ? (tls === null ? 'tcp' : 'tls') : tls === null ? 'http' : 'https';
  return {
    url: `${scheme}://${address}:${port}${http?.path ?? ''}`,
    originalDst: `${address}:${port}`,
    mode: call.mode,
    sourceIp: call.sourceIp,
    ...(http === null ? {} : { method: http.method, headers: [['Host', http.host] as const, ...http.headers] }),
    ...(http === null || tls !== null ? {} : { httpVersion: call.payload.slice('http/'.length) }),
    ...(tls === null ? {} : { sni: tls.sni, alpn: tls.alpn }),
    ...(tls?.certificate == null ? {} : { tls: 'mtls' as const, sourcePrincipal: tls.certificate.uri }),
    ...(call.proxyProtocol === undefined ? {} : { proxyProtocol: `${call.proxyProtocol}:4321` }),
    ...(call.payload === 'server-first' ? { serverFirst: true } : {}),
  };
}
