/** Who uses mctl: a hint names a way out as a flag of the command line, or as a function or option of the library. */

/** What hints send somebody to. */
export type HintedOption = keyof typeof COMMAND_LINE;

const COMMAND_LINE = {
  files: '-f',
  snapshot: '--snapshot',
  sample: '--sample',
  timeout: '--timeout',
  concurrency: '--concurrency',
  namespace: '-n',
  context: '--context',
  kubeconfig: '--kubeconfig',
  adminPort: '--proxy-admin-port',
};

const LIBRARY: Readonly<Record<HintedOption, string>> = {
  files: 'openFiles',
  snapshot: 'openSnapshot',
  sample: 'openSample',
  timeout: 'the option idleTimeoutMs',
  concurrency: 'the option concurrency',
  namespace: 'the option namespace',
  context: 'the option context',
  kubeconfig: 'the option kubeconfig',
  adminPort: 'the option adminPort',
};

let words: Readonly<Record<HintedOption, string>> = COMMAND_LINE;

/** The library's entry calls it once: from then on hints name functions and options. */
export function speakOfTheLibrary(): void {
  words = LIBRARY;
}

/** The caller's word for a way out. */
export function wordFor(way: HintedOption): string {
  return words[way];
}
