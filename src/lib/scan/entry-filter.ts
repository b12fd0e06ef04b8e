/** Tells by its bytes alone whether an entry can hold a text, so that most entries are never parsed. */
import type { ScanRequest } from './raw-dump';
import type { Taken } from './taken';

/**
 * The test that a request's hints make. It never refuses an entry that holds the text: JSON may
 * write any character as `\\u` and four digits, and `/` as `\\/`, so entries with such escapes pass.
 */
export function entryFilter(
  request: Pick<ScanRequest, 'resourceName' | 'text' | 'keep'>,
): (taken: Pick<Taken, 'bytes' | 'seen'>) => boolean {
  const needles: string[] = [];
  if (request.resourceName !== undefined) needles.push(JSON.stringify(request.resourceName));
  if (request.text !== undefined) needles.push(JSON.stringify(request.text).slice(1, -1));
  if (needles.length === 0) return () => true;
  const names = (request.keep ?? []).map((name) => Buffer.from(`"${name}"`));
  const wanted = needles.map((needle) => ({
    needle: Buffer.from(needle),
    escape: needle.includes('/') ? Buffer.from('\\/') : null,
  }));
  return ({ bytes, seen }) => {
    if (seen === true) return true;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (seen === null && names.some((name) => text.includes(name))) return true;
    return wanted.every(
      ({ needle, escape }) =>
        text.includes(needle) || text.includes(UNICODE_ESCAPE) || (escape !== null && text.includes(escape)),
    );
  };
}

const UNICODE_ESCAPE = Buffer.from('\\u');
