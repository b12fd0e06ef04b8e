/** Headers of a curl command that ask for a part of what there is, or for what is newer. */
import { UsageError } from '../errors';
import { startOf } from './body';
import type { CurlBody } from './body-files';
import { notTraceable } from './command-line';
import type { Options } from './given-options';

/**
 * `-r` and `-C`, of which -C wins: Range of a request without a body, Content-Range of one with data or a file, nothing of a form.
 * Null where neither is given.
 */
export function rangeHeader(options: Options, body: CurlBody | null): readonly [name: string, value: string] | null {
  const from = startOf(options);
  const isResumed = options.last('continue-at') === '-' || (from ?? 0) > 0;
  if (body?.isForm === true) return null;
  if (body !== null) return isResumed ? resumed(body, from) : contentRange(options, body);
  if (isResumed && from !== null) return ['Range', `bytes=${from}-`];
  const asked = rangeOf(options);
  return asked === null ? null : ['Range', `bytes=${asked}`];
}

function contentRange(options: Options, body: CurlBody): readonly [string, string] | null {
  const asked = rangeOf(options);
  return asked === null ? null : ['Content-Range', `bytes ${asked}/${body.size ?? -1}`];
}

function resumed(body: CurlBody, from: number | null): readonly [string, string] {
  if (!body.isUpload || body.size === null) throw notTraceable('-C with such a body', 'curl resumes files alone (-T)');
  const whole = body.size + (from ?? 0);
  return ['Content-Range', `bytes ${from ?? 0}-${whole - 1}/${whole}`];
}

/** A number alone is where the range begins. */
function rangeOf(options: Options): string | null {
  const asked = options.last('range');
  return asked !== null && /^\d+$/.test(asked) ? `${asked}-` : asked;
}

/** Days and months as curl reads them: months by three letters, zones as GMT or in numbers. */
const DATE = /^(?:[a-z]+,?\s+)?(?=.*\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)[a-z]{0,3}[-\s\d,:a-z+]*$/i;
const OTHER_WORDS =
  /\b(?!(?:gmt|utc|z)\b|(?:mon|tue|wed|thu|fri|sat|sun)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)[a-z]+/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:\s+(\d{2}:\d{2}(?::\d{2})?))?$/;

/** `-z DATE`: what is newer; with `-` in front what is older, with `=` curl says when the resource was last modified. */
export function conditionalHeader(options: Options): readonly [name: string, value: string] | null {
  const since = options.last('time-cond');
  if (since === null) return null;
  const name = { '-': 'If-Unmodified-Since', '=': 'Last-Modified' }[since.charAt(0)] ?? 'If-Modified-Since';
  return [name, dateOf(since.replace(/^[-+=]/, ''))];
}

/** Anything that curl reads as no date is a file to it, whose time it takes. */
function dateOf(text: string): string {
  const [, year, month, day, time] = COMPACT.exec(text) ?? [];
  const isDate = DATE.test(text) && !OTHER_WORDS.test(text) && (text.match(/\d+/g) ?? []).length > 1;
  const zoned = /gmt|utc|z$|[+-]\d{4}$/i.test(text) ? text : `${text} GMT`;
  const moment =
    year === undefined
      ? isDate
        ? Date.parse(zoned)
        : Number.NaN
      : Date.parse(`${year}-${month ?? ''}-${day ?? ''}T${time ?? '00:00'}Z`);
  if (!Number.isNaN(moment)) return new Date(moment).toUTCString();
  const because =
    'mctl reads it as no date, and it does not take the time of a file; write one such as 1 Jan 2026 10:00:00 GMT';
  throw text === '' ? new UsageError("curl's option -z needs a date") : notTraceable(`-z ${text}`, because);
}
