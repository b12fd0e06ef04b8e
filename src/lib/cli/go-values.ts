/** Values as Go's flag library reads them, so that a command line written for istioctl means the same here. */
import { UsageError } from '../errors';

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Go's strconv.ParseBool; throws UsageError for any other text. */
export function parseGoBoolean(text: string, flag: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw invalid(text, flag, `strconv.ParseBool: parsing "${text}": invalid syntax`, {
    hint: 'Write true or false.',
  });
}

const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|0|[1-9][0-9_]*)$/;

/** Go's strconv.ParseInt with base 0 (0x, 0b, 0o and underscores included); throws UsageError for any other text. */
export function parseGoInteger(text: string, flag: string): number {
  const match = INTEGER.exec(text);
  const digits = match?.[2]?.replaceAll('_', '') ?? '';
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  if (match === null || !Number.isSafeInteger(value)) {
    throw invalid(text, flag, `strconv.ParseInt: parsing "${text}": invalid syntax`, { hint: 'Write a whole number.' });
  }
  return match[1] === '-' ? -value : value;
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5,
};
const DURATION = /^\+?(?:\d{1,15}(?:\.\d{0,15})?(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** Go's time.ParseDuration (`15s`, `1m30s`, `500ms`) in milliseconds; a bare number is seconds. Throws UsageError. */
export function parseGoDuration(text: string, flag: string): number {
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Number(text) * 1e3;
  if (text.length > 100 || !DURATION.test(text)) {
    throw invalid(text, flag, `time: invalid duration "${text}"`, {
      hint: 'Write a time such as 15s, 500ms or 1m30s.',
    });
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([^\d.]+)/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  return total;
}

function invalid(text: string, flag: string, because: string, options: { hint: string }): UsageError {
  return new UsageError(`invalid argument "${text}" for "--${flag}" flag: ${because}`, options);
}
