/** A path as a walk has it, with what rewrites left of the one that was sent. */
import type { ReachCondition } from '../algebra/cell';
import { pathMeaning } from '../algebra/conditions';
import { textsOf } from '../algebra/texts';
import type { PathTest, Rewrite } from '../match/watch';

/** A path as it is now: a text and what is left of the caller's path behind its first characters. */
export type PathNow = { readonly by: string; readonly skips: number } | 'constant' | 'unclear';

export const AS_SENT: PathNow = { by: '', skips: 0 };

/** A test of such a path as a condition on the one that was sent; null where it cannot be translated. */
export function pathCondition(test: PathTest, { by, skips }: Exclude<PathNow, string>): ReachCondition | null {
  const found = pathMeaning(test);
  if (found === null) return null;
  const isRewritten = by !== '' || skips > 0;
  const words = isRewritten ? `${found.words} (once rewritten)` : found.words;
  return {
    dimension: 'path',
    key: `path ${JSON.stringify([asked(test), by, skips])}`,
    absent: false,
    texts: isRewritten ? textsOf(found.language().after(by).behindAny(skips)) : found.texts,
    yes: words,
    no: `not ${words}`,
    preferred: isRewritten ? [] : found.preferred,
  };
}

/** The path behind a rewrite. */
export function rewrittenPath(now: PathNow, change: Rewrite['path']): PathNow {
  switch (change.kind) {
    case 'kept':
      return now;
    case 'whole':
      return 'constant';
    case 'other':
      return now === 'constant' ? now : 'unclear';
    case 'prefix': {
      if (typeof now === 'string') return now;
      const { length, by } = change;
      const left = now.by.slice(length);
      return { by: by + left, skips: now.skips + Math.max(0, length - now.by.length) };
    }
  }
}

/** What tells a test from others: of a route what it asks of the path alone. */
function asked(test: PathTest): object {
  if (test.kind !== 'route') return test;
  const { prefix, path, path_separated_prefix: separated, safe_regex: regex, case_sensitive: isSensitive } = test.match;
  return { prefix, path, separated, regex, isSensitive };
}
