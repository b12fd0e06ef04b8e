/** The flags that name a source again, for commands that are suggested: they work when they are pasted. */
import type { SourceFlags } from './session';

/** Words of a command line, not quoted. A source that the environment names needs none. */
export function sourceWords(flags: SourceFlags): readonly string[] {
  const { file = [], snapshot, sample, admin, context, kubeconfig } = flags;
  return [
    ...file.flatMap((path) => ['-f', path]),
    ...(snapshot === undefined ? [] : ['--snapshot', snapshot]),
    ...(sample === undefined || sample === false ? [] : [sample === 'ambient' ? '--sample=ambient' : '--sample']),
    ...(admin === undefined ? [] : ['--admin', withoutUser(admin)]),
    ...(context === undefined ? [] : ['--context', context]),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
  ];
}

/** A password in a URL is not printed. */
function withoutUser(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');
}
