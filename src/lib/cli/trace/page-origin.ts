/** Where the page of a trace comes from: the source, its time, the proxies' versions, and the command. */
import { shellWord } from '../../shell-word';
import type { PageOrigin } from '../../explain/html/trace-html';
import type { Tracer } from '../../session/trace-session';
import type { MeshSource } from '../../source/source';
import type { Trace } from '../../trace/model';
import { REDACTED, secretsAreShown } from '../../secrets/disclosure';
import { redacted, shownValue } from '../../secrets/redact';
import { versionsOf } from '../../view/bootstrap-view';
import { cutAtCurl } from './curl-arguments';

/** @param words the command line, behind the program's name */
export async function pageOrigin(
  mesh: MeshSource,
  tracer: Tracer,
  trace: Trace,
  words: readonly string[],
): Promise<PageOrigin> {
  const captured = mesh.live === true ? new Date().toISOString() : ((await mesh.capturedAt?.()) ?? null);
  return [
    ['Source', mesh.label],
    ...(captured === null ? [] : [['Captured', captured] as const]),
    ...versionLines(tracer, trace).map((line) => ['Versions', line] as const),
    ['Command', ['mctl', ...printableWords(words).map(shellWord)].join(' ')],
  ];
}

/** `Istio 1.27.0, Envoy 1.35.2`, with the proxies where they differ; those that do not say are left out. */
function versionLines(tracer: Tracer, { hops, branches }: Trace): readonly string[] {
  const proxies = new Set([hops, ...branches.map((branch) => branch.hops)].flat().map(({ proxy }) => proxy));
  const byVersion = new Map<string, string[]>();
  for (const proxy of proxies) {
    const { istio, envoy } = versionsOf(tracer.configOf(proxy)?.node ?? {});
    const [release = ''] = envoy.split(/[-/]/);
    const version = [
      ...(istio === '' ? [] : [`Istio ${istio}`]),
      ...(release === '' || release === '0.0.0' ? [] : [`Envoy ${release}`]),
    ].join(', ');
    if (version !== '') byVersion.set(version, [...(byVersion.get(version) ?? []), proxy ?? 'this proxy']);
  }
  const isOne = byVersion.size === 1;
  return [...byVersion].map(([version, names]) => (isOne ? version : `${version}: ${names.join(', ')}`));
}

/** A header or a claim, as a word of its own or behind its flag. */
const PAIR_FLAG = /^(-H|--header|--claim)(=?)([^]*)$/;

/** The command line without secrets: header values by their names, claims, what a text gives away, and all that is curl's. */
export function printableWords(words: readonly string[]): readonly string[] {
  if (secretsAreShown()) return words;
  const { own, curl } = cutAtCurl(words);
  let flag: string | null = null;
  const printed = own.map((word) => {
    const [, name = null, equals = '', value = ''] = flag === null ? (PAIR_FLAG.exec(word) ?? []) : [];
    const before = flag;
    flag = name !== null && equals === '' && value === '' ? name : null;
    if (before !== null) return printablePair(before, word);
    return name === null || flag !== null ? redacted(word) : `${name}${equals}${printablePair(name, value)}`;
  });
  return curl === null ? printed : [...printed, '--', 'curl', '…'];
}

function printablePair(flag: string, text: string): string {
  if (flag === '--claim') return text.replace(/=[^]*$/, `=${REDACTED}`);
  const [, name = '', colon = '', value = ''] = /^([^:;]*)([:;]?\s*)([^]*)$/.exec(text) ?? [];
  return `${name}${colon}${value === '' ? '' : redacted(shownValue(name.trim(), value))}`;
}
