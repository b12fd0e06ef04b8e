/** A real mesh of three pods, recorded: its snapshot, the calls that were made, and what both Envoys logged of each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';

/** What an Envoy's access log says of a request. */
export interface LoggedRequest {
  readonly listener: string | null;
  readonly fc: string | null;
  readonly vh: string | null;
  readonly route: string | null;
  readonly cluster: string | null;
  readonly code: number;
  readonly flags: string;
  readonly details: string | null;
  readonly host: string | null;
  /** The pod whose Envoy it is; of inbound logs only. */
  readonly pod?: string;
}

export interface TwoPodsCase {
  readonly call: {
    readonly id: string;
    readonly address: string;
    readonly port: number;
    readonly host: string;
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
  };
  readonly outbound: LoggedRequest | null;
  readonly inbound: LoggedRequest | null;
  readonly client: { readonly status: number };
}

export interface TwoPodsRun {
  readonly name: string;
  /** The snapshot's files by their path in it. */
  readonly files: ReadonlyMap<string, string>;
  readonly cases: readonly TwoPodsCase[];
}

export function twoPodsRuns(): readonly TwoPodsRun[] {
  const packed = readFileSync(join(__dirname, '../fixtures/two-pods.json.br'));
  const text = brotliDecompressSync(packed, { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } });
  const all = JSON.parse(text.toString('utf8')) as Record<string, string>;
  const names = [...new Set(Object.keys(all).map((path) => path.split('/')[0] ?? ''))];
  return names.map((name) => ({
    name,
    files: new Map(
      Object.entries(all).flatMap(([path, content]) =>
        path.startsWith(`${name}/mesh/`) ? [[path.slice(`${name}/mesh/`.length), content] as const] : [],
      ),
    ),
    cases: (all[`${name}/cases.jsonl`] ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as TwoPodsCase),
  }));
}
