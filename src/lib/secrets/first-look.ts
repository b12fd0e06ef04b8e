/**
 * The first look at a text: whether anything in it could be a secret, or make something one. Most texts of a dump are names, and one
 * pass over their characters says so in a small part of the time that the expressions of `secret-text.ts`, `known-tokens.ts` and
 * `encoded.ts` take. What it passes holds nothing that they look for; all else is theirs to judge.
 */
import { remembered } from '../remembered';
import { saysNothing, SHORTEST_RUN } from './encoded';
import { BEGINNING } from './known-tokens';
import {
  AFTER_HTTP,
  ALARM,
  ALNUM,
  BEGINS,
  GRAM,
  INSIDE,
  MIXED,
  OPTION_HERE,
  RUN,
  SIGN,
  STOP,
  SUSPECT_HERE,
  TOKEN_HERE,
  lookTables,
  whatAt,
  type LookTables,
} from './look-tables';
import { walkOf, type LookWalk, type Way } from './look-walks';
import { SUSPECT } from './suspect';

/** What is made when a first text is looked at: few texts are none the slower without. */
interface Tables extends LookTables {
  readonly suspect: RegExp;
  readonly token: RegExp;
}

let made: Tables | null = null;

function tables(): Tables {
  made ??= {
    ...lookTables(),
    suspect: new RegExp(SUSPECT.source, 'iy'),
    token: new RegExp(BEGINNING.source, 'y'),
  };
  return made;
}

const isAt = (expression: RegExp, text: string, at: number): boolean => {
  expression.lastIndex = at;
  return at >= 0 && expression.test(text);
};

/** A user with a password, at the beginning of a text: what stands behind the first colon. */
const USER_LINE = /^\s{0,20}[\w.@+-]{1,64}:(?!\/\/)[^\s:]{6}/;

/** Whether what four characters may begin stands there; the fourth is at `at`. */
function isFound(then: number, text: string, at: number): boolean {
  if (then >= STOP) return true;
  const { suspect, token } = tables();
  if ((then & SUSPECT_HERE) !== 0 && isAt(suspect, text, at - 3)) return true;
  if ((then & AFTER_HTTP) !== 0 && (isAt(suspect, text, at - 4) || isAt(suspect, text, at - 5))) return true;
  if ((then & OPTION_HERE) !== 0 && OPTION.test(text.slice(at - 2, at))) return true;
  return (then & TOKEN_HERE) !== 0 && (isAt(token, text, at - 3) || isAt(token, text, at - 2));
}

const OPTION = /^-[A-Za-z-]/;

/** As many letters and digits in one piece may be a token, and as many digits of base64 one of several lines. */
const LONGEST_WORD = 23;
const LONGEST_RUN = 40;
/** As many small letters and digits has the second part of a token whose parts a full stop joins. */
const SECOND_PART = 16;
const DOTTED = /\.[a-z0-9]{16}(?![\w.-])/;

/** A line of a file of passwords has so many colons. */
const MOST_COLONS = 4;
const PARAMETER = /;[\w.-]+=/y;

const BLANK_SIGN = 0x20;
const COLON_SIGN = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

const isPlainRun = remembered(saysNothing);
const isPlainWord = remembered((word) => !/\d|[MNO][A-Za-z]{22}|[a-fA-F]{32}/.test(word));

const WORD = /[A-Za-z0-9]*/y;

/** The letters and digits in one piece that begin at a place. */
function wordAt(text: string, from: number): string {
  WORD.lastIndex = from;
  return WORD.exec(text)?.[0] ?? '';
}

/** As many characters are judged without a first look: its tables take longer to make than they would save. */
const FEW = 20_000;
let judged = 0;

/** Whether a text may hold a secret, encoded or not; false is sure. */
export function mayHoldSecret(text: string): boolean {
  judged += text.length;
  return judged < FEW || isSuspicious(text);
}

/** The same, however few texts were judged before. */
export function isSuspicious(text: string, way: Way = null): boolean {
  return hasReason(text, tables(), walkOf(text, way)) || USER_LINE.test(text);
}

/** Whether there is a reason at any place of a text. */
function hasReason(text: string, look: Tables, walk: LookWalk): boolean {
  const { length } = text;
  for (let at = walk.next(0); at < length; at = walk.next(at + 1)) if (isReason(text, at, walk, look)) return true;
  // A sign of two letters may be the last.
  const last = whatAt(look.then, (walk.gram << 5) & GRAM);
  return last !== 0 && isFound(last, text, length);
}

/** Whether a place gives reason to look: by its character, by the four that end there, by the run of which it may be the shortest. */
function isReason(text: string, at: number, walk: LookWalk, { kinds: kindOf, then }: Tables): boolean {
  const code = text.charCodeAt(at);
  const kind = code < 128 ? (kindOf[code] ?? ALARM) : ALARM;
  if ((kind & ALARM) !== 0) return true;
  const what = whatAt(then, walk.gram);
  if (what !== 0 && isFound(what, text, at)) return true;
  if ((kind & SIGN) !== 0) return isMark(text, code, at);
  return walk.run === SHORTEST_RUN && hasRun(text, at - SHORTEST_RUN + 1, kindOf, walk);
}

/** Whether a mark between words is the second of a comparison, the end of a parameter, or one of the colons of a line of passwords. */
function isMark(text: string, code: number, at: number): boolean {
  if (code === SEMICOLON) return isAt(PARAMETER, text, at);
  if (code === EQUALS) return text.charCodeAt(at + 1) === EQUALS;
  let colons = 1;
  for (let before = at - 1; before >= 0 && colons < MOST_COLONS; before -= 1) {
    const one = text.charCodeAt(before);
    if (one <= BLANK_SIGN) return false;
    if (one === COLON_SIGN) colons += 1;
  }
  return colons === MOST_COLONS;
}

/** Whether letters and digits stand in one piece that may be a token, or base64 of something, in the digits of base64 from a place on. */
function hasRun(text: string, from: number, kindOf: Uint16Array, walk: LookWalk): boolean {
  const { length } = text;
  let word = 0;
  let run = 0;
  let isMixed = false;
  let before = 0;
  let at = from;
  for (; at < length; at += 1) {
    const kind = kindOf[text.charCodeAt(at)] ?? 0;
    if ((kind & RUN) === 0) break;
    if (run > 0) {
      run += 1;
      if ((kind & MIXED) !== 0) isMixed = true;
    } else if ((before & INSIDE) === 0 && (kind & BEGINS) !== 0) run = 1;
    word = (kind & ALNUM) === 0 ? 0 : word + 1;
    if (word >= SECOND_PART && isLongWord(text, at, word)) return true;
    before = kind;
  }
  if (run >= SHORTEST_RUN && isTelling(text, at - run, at, isMixed)) return true;
  walk.passed?.(from, at);
  return false;
}

/** Whether a word that is so long at a place is one that may be a token, or the second part of one whose parts a full stop joins. */
function isLongWord(text: string, at: number, word: number): boolean {
  if (word === SECOND_PART) return DOTTED.test(text.slice(Math.max(0, at - SECOND_PART), at + 2));
  return word === LONGEST_WORD && !isPlainWord(wordAt(text, at - word + 1));
}

/** Whether a run of digits of base64 may say something. */
function isTelling(text: string, from: number, to: number, isMixed: boolean): boolean {
  return to - from >= LONGEST_RUN || (isMixed && !isPlainRun(text.slice(from, to)));
}
