/** Real configurations made by istiod and what the real istioctl said of them: the packed fixture. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';

/** A command line that was tried with istioctl. */
export interface IstioctlCall {
  readonly args: readonly string[];
  readonly rc: number;
  readonly out: string;
  readonly err: string;
}

/** One proxy of a scenario: its files' texts; null where it has none such. */
export interface CorpusProxy {
  readonly scenario: string;
  readonly name: string;
  readonly configDump: string | null;
  readonly clusters: string | null;
  readonly calls: readonly IstioctlCall[];
}

let files: Readonly<Record<string, string>> | undefined;

/** The packed files by `SCENARIO/FILE`. */
export function corpusFiles(): Readonly<Record<string, string>> {
  if (files === undefined) {
    const packed = readFileSync(join(__dirname, '../fixtures/corpora.json.br'));
    const text = brotliDecompressSync(packed, { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } });
    files = JSON.parse(text.toString('utf8')) as Record<string, string>;
  }
  return files;
}

export function corpusProxies(): readonly CorpusProxy[] {
  const all = corpusFiles();
  return Object.keys(all)
    .filter((path) => path.endsWith('.istioctl.jsonl'))
    .map((path) => {
      const stem = path.slice(0, -'.istioctl.jsonl'.length);
      const [scenario = '', name = ''] = stem.split('/');
      const lines = (all[path] ?? '').split('\n').filter((line) => line !== '');
      return {
        scenario,
        name,
        configDump: all[`${stem}.config_dump.json`] ?? null,
        clusters: all[`${stem}.clusters.json`] ?? null,
        calls: lines.map((line) => JSON.parse(line) as IstioctlCall),
      };
    });
}
