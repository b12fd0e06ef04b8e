/** What came back of a request. */

export interface Answer {
  /** Null where none came. */
  readonly status: number | null;
  /** Why none came, in one line; null where one did. */
  readonly failure: string | null;
}

const STATUS = /^HTTP\/\d(?:\.\d)? (\d{3})(?:\s|$)/;

/** The answer of a head, or of several: an interim one (100, 103) comes before the one that counts. */
export function answerOf(text: string, failure: string | null): Answer {
  const statuses = text
    .split(/\r?\n/)
    .flatMap((line) => STATUS.exec(line.trim())?.[1] ?? [])
    .map(Number)
    .filter((status) => status >= 200 || status === 101);
  const status = statuses.at(-1) ?? null;
  return { status, failure: status === null ? oneLine(failure ?? '') : null };
}

const LONGEST = 200;

function oneLine(text: string): string {
  const last = text.trim().split('\n').at(-1) ?? '';
  return last === '' ? 'the connection ended without one' : last.slice(0, LONGEST);
}
