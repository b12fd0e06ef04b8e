/** Where a manifest says what a step does, in words. */
import type { ManifestPlace } from '../trace/model';

/** `routes.yaml:12 (spec.http[0].match[0])`, with what is not known. */
export function manifestText({ file, line, rule, note }: ManifestPlace): string {
  const more = [...(rule === null ? [] : [rule]), ...(note === null ? [] : [note])];
  if (file === null) return more.join('; ');
  return `${file}:${line ?? 1}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
}
