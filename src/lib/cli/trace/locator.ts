/** `--manifests DIR`: the line of YAML that a step came from. */
import { Flags } from '@oclif/core';
import type { Trace } from '../../trace/model';
import type { Streams } from '../streams';

export const manifestsFlag = {
  manifests: Flags.string({
    multiple: true,
    helpValue: 'DIR',
    summary: 'Name the line of YAML that each step came from: a directory of manifests; repeat it for several.',
  }),
};

/** Adds file and line to the steps of a trace; nothing where no directory is given. The rest is loaded where one is. */
export async function locator(
  directories: readonly string[] | undefined,
  streams: Streams,
): Promise<(trace: Trace) => Trace> {
  if (directories === undefined) return (trace) => trace;
  const { manifestsIn } = await import('./read-manifests.js');
  const { locateTrace } = await import('../../manifests/locate.js');
  const manifests = await manifestsIn(directories, streams);
  return (trace) => locateTrace(trace, manifests);
}
