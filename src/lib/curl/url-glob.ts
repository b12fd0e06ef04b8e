/** Braces and brackets of a URL: several URLs in one. https://curl.se/docs/manpage.html (GLOBBING) */
import { isIPv6 } from 'node:net';
import { UsageError } from '../errors';
import { notTraceable } from './command-line';

/**
 * The one URL that a pattern stands for: `{a}` is `a`, `[1-1]` is `1`, and a backslash takes the meaning from a brace or bracket. As
 * in curl, `[]` and an IPv6 address in brackets are no pattern.
 * @throws UsageError for a pattern of several URLs, and for one that curl refuses
 */
export function singleUrl(pattern: string): string {
  let url = '';
  let at = 0;
  while (at < pattern.length) {
    const piece = pieceAt(pattern, at);
    if (piece.choices > 1) {
      throw notTraceable(
        `with the URL ${pattern}`,
        'its braces or brackets stand for several URLs; write one of them, or add -g',
      );
    }
    url += piece.text;
    at += piece.length;
  }
  return url;
}

interface Piece {
  readonly text: string;
  /** Of the pattern. */
  readonly length: number;
  readonly choices: number;
}

function pieceAt(pattern: string, at: number): Piece {
  const rest = pattern.slice(at);
  const char = rest.charAt(0);
  if (char === '{') return setAt(pattern, rest);
  if (char === '[') return bracketAt(pattern, rest);
  if (char === '}' || char === ']') throw refused(pattern, `it closes a ${char} that nothing opens`);
  if (/^\\[{}[\]]/.test(rest)) return { text: rest.charAt(1), length: 2, choices: 1 };
  return { text: char, length: 1, choices: 1 };
}

function setAt(pattern: string, rest: string): Piece {
  const found = /^\{((?:\\.|[^\\{}[\]])*)\}/s.exec(rest);
  if (found === null) throw refused(pattern, 'a { is not closed, or has another brace or bracket in it');
  const [whole, inner = ''] = found;
  if (inner === '') throw refused(pattern, 'the braces {} have nothing in them');
  const items = inner.match(/(?:\\.|[^\\,])+|(?<=,|^)(?=,|$)/gs) ?? [];
  return { text: (items[0] ?? '').replace(/\\(.)/gs, '$1'), length: whole.length, choices: items.length };
}

function bracketAt(pattern: string, rest: string): Piece {
  const closed = /^\[([^\]]*)\]/.exec(rest);
  const [whole = '', inner = ''] = closed ?? [];
  if (closed !== null && (inner === '' || isIPv6(inner.replace(/%.*$/s, '')))) {
    return { text: whole, length: whole.length, choices: 1 };
  }
  const choices = choicesOf(inner);
  if (choices === null) throw refused(pattern, `[${inner}] is not a range such as [1-3] or [a-c]`);
  return { text: /^[^-]*/.exec(inner)?.[0] ?? '', length: whole.length, choices };
}

/** How many values `1-10`, `001-100:5` or `a-c` stands for; null where it is no range. */
function choicesOf(inner: string): number | null {
  const range = /^(\d+|[a-zA-Z])-(\d+|[a-zA-Z])(?::(\d+))?$/.exec(inner);
  const [from, to, step] = [valueOf(range?.[1] ?? ''), valueOf(range?.[2] ?? ''), Number(range?.[3] ?? 1)];
  if (from === null || from.kind !== to?.kind) return null;
  const length = to.value - from.value;
  const isRange = length === 0 ? step === 1 : step > 0 && step <= length;
  return isRange ? Math.floor(length / step) + 1 : null;
}

function valueOf(text: string): { readonly kind: string; readonly value: number } | null {
  if (/^\d+$/.test(text)) return { kind: 'number', value: Number(text) };
  if (/^[a-z]$/.test(text)) return { kind: 'small letter', value: text.charCodeAt(0) };
  return /^[A-Z]$/.test(text) ? { kind: 'capital letter', value: text.charCodeAt(0) } : null;
}

function refused(pattern: string, because: string): UsageError {
  return new UsageError(`curl refuses the URL ${pattern}: ${because}`, {
    hint: 'Add -g if its braces and brackets mean themselves.',
  });
}
