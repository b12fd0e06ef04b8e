/** Where a check file's configuration comes from: the command line, else the file, else the environment or the cluster. */
import { dirname, resolve } from 'node:path';
import type { CheckFile, CheckSource } from '../../check/check-file';
import { InputError } from '../../errors';
import type { SourceFlags } from '../session';

/** The flags that open the source of a file. Throws InputError where the file names two. */
export function sourceFlagsOf(file: CheckFile, flags: SourceFlags): SourceFlags {
  const { source } = file;
  if (source === null) return flags;
  const named = { ...flags, namespace: flags.namespace ?? source.namespace };
  if (namesSource(flags)) return named;
  const kinds = (['snapshot', 'file', 'sample', 'admin', 'context', 'kubeconfig'] as const).filter((kind) => {
    const value = source[kind];
    return value !== undefined && value !== false;
  });
  const exclusive = kinds.map((kind) => (kind === 'kubeconfig' ? 'context' : kind));
  if (new Set(exclusive).size > 1) {
    throw new InputError(`${file.label} names two sources, ${kinds.join(' and ')}`, { hint: 'It may name one.' });
  }
  return { ...named, ...ownFlags(source, file.label) };
}

function namesSource(flags: SourceFlags): boolean {
  const { file, snapshot, sample, admin, context, kubeconfig } = flags;
  const isNamed = [snapshot, admin, context, kubeconfig].some((value) => value !== undefined);
  return isNamed || (sample !== undefined && sample !== false) || (file ?? []).length > 0;
}

function ownFlags(source: CheckSource, label: string): Partial<SourceFlags> {
  const beside = (path: string): string => resolve(dirname(label), path);
  const { file, snapshot, sample, admin, context, kubeconfig } = source;
  return {
    ...(file === undefined ? {} : { file: (typeof file === 'string' ? [file] : file).map(beside) }),
    ...(snapshot === undefined ? {} : { snapshot: beside(snapshot) }),
    ...(sample === undefined ? {} : { sample }),
    ...(admin === undefined ? {} : { admin }),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: beside(kubeconfig) }),
  };
}
