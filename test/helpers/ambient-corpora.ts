/** ztunnels' dumps and what the real istioctl said of them: the packed fixture. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';
import type { IstioctlCall } from './corpora';

export interface AmbientCorpus {
  readonly scenario: string;
  readonly name: string;
  /** Null for command lines that were tried without a dump. */
  readonly dump: string | null;
  readonly calls: readonly IstioctlCall[];
}

/** The packed files by `SCENARIO/FILE`. */
export function ambientFiles(): Readonly<Record<string, string>> {
  const packed = readFileSync(join(__dirname, '../fixtures/ambient.json.br'));
  const text = brotliDecompressSync(packed, { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } });
  return JSON.parse(text.toString('utf8')) as Record<string, string>;
}

export function ambientCorpora(): readonly AmbientCorpus[] {
  const all = ambientFiles();
  return Object.entries(all).flatMap(([path, text]) => {
    if (!path.endsWith('.istioctl.jsonl')) return [];
    const stem = path.slice(0, -'.istioctl.jsonl'.length);
    const [scenario = '', name = ''] = stem.split('/');
    const lines = text.split('\n').filter((line) => line !== '');
    const calls = lines.map((line) => JSON.parse(line) as IstioctlCall);
    return [{ scenario, name, dump: all[`${stem}.config_dump.json`] ?? null, calls }];
  });
}
