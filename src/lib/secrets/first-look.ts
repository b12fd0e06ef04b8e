/**
 * The first look at a text: whether anything in it could be a secret, or make something one. Most texts of a dump are names, and one
 * pass over their characters says so in a small part of the time that the expressions of `secret-text.ts`, `known-tokens.ts` and
 * `encoded.ts` take. What it passes holds nothing that they look for; all else is theirs to judge.
 */
import { remembered } from '../remembered';
import { saysNothing, SHORTEST_RUN } from './encoded';
import { BEGINNING } from './known-tokens';
import { SUSPECT } from './suspect';

/** A character's symbol: letters by their place in the alphabet, others by kind. Each has five bits, so that four make an index. */
const DIGIT = 27;
const HYPHEN = 28;
const SLASH = 29;
const COLON = 30;
const BLANK = 31;
const OTHER = 0;
const SYMBOL = 31;

/** What else a character is. One with ALARM stands in no plain name. */
const ALARM = 0x20;
const ALNUM = 0x40;
/** A digit of base64; one that no word in small letters has; one with which base64 of a text may begin; one behind which none begins. */
const RUN = 0x80;
const MIXED = 0x100;
const BEGINS = 0x200;
const INSIDE = 0x400;
/** A mark between words that may say something with others. */
const SIGN = 0x800;
const SELDOM = ALARM | SIGN;

function kinds(): Uint16Array {
  const table = new Uint16Array(128).fill(ALARM);
  const put = (characters: string, kind: number): void => {
    for (let at = 0; at < characters.length; at += 1) {
      const code = characters.charCodeAt(at);
      table[code] = ((table[code] ?? 0) & ~ALARM) | kind;
    }
  };
  const small = 'abcdefghijklmnopqrstuvwxyz';
  for (let letter = 0; letter < small.length; letter += 1) {
    const one = small.charAt(letter);
    put(one, (letter + 1) | ALNUM | RUN | INSIDE);
    put(one.toUpperCase(), (letter + 1) | ALNUM | RUN | INSIDE | MIXED);
  }
  put('0123456789', DIGIT | ALNUM | RUN | INSIDE | MIXED | BEGINS);
  put('BCDHIJKLMNOPQRSTUVWXYZabcdefwxyz', BEGINS);
  put('_-', HYPHEN | RUN | INSIDE);
  put('/', SLASH | RUN);
  put('+', OTHER | RUN | INSIDE | MIXED);
  put(':', COLON | SIGN);
  put(' \n', BLANK);
  put('.|,*', OTHER);
  put(';=', OTHER | SIGN);
  return table;
}

/** What is to be done where four characters stand together. */
const SUSPECT_HERE = 1;
const TOKEN_HERE = 2;
/** An address or a tool that begins with `http`, of which these are the last of it and what follows. */
const AFTER_HTTP = 4;
const OPTION_HERE = 8;
const STOP = 16;

/**
 * Beginnings of what the expressions look for, by what is to be done. Letters stand for both cases, 9 for a digit, `-` for `_` too, `.` for
 * what is none of these and no blank, `@` for a letter and `-`, `<` for all of those that are no letter and no digit, `?` for any, as do those that are missing.
 */
const BEGINNINGS: readonly (readonly [then: number, grams: string])[] = [
  // Names, schemes and words that a secret follows.
  [
    SUSPECT_HERE,
    'pass pwd pswd psw pw secr tok key cred auth cook bear jwt jwe hmac psk oidc salt pin cvv cvc cek dek kek',
  ],
  [
    SUSPECT_HERE,
    'cmk code sig sid sas csrf xsrf sess lice comm mnem asse resp answ phra seed otp mfa 9fa tan conn refr',
  ],
  [SUSPECT_HERE, 'mast webh magi priv logi acco dsn x-ap x-ac saml sso -pat p99 pkcs pfx jks kenn cont senh wach netr'],
  [
    SUSPECT_HERE,
    'dock pepp kty hook call noti aler slac team disc putt age- eyj ls9t :thi :oci eare asic oken apik api-',
  ],
  [SUSPECT_HERE, 'ssws dpop nego ntlm dige hawk shar env· arg· set· sete iden geni splu gnap pvea mac·'],
  // Other languages.
  [SUSPECT_HERE, 'losu zuga gehe toeg adga lose sala mot· mots cle· jeto clav fich pala chav segr paro chia hasl hesl'],
  [SUSPECT_HERE, 'jels lozi gesl sifr kata'],
  // Tools.
  [SUSPECT_HERE, 'sshp mysq mari mong cqls cyph rabb 9z unra podm nerd buil skop oras cran helm az·l oc·l cf·l psex'],
  [SUSPECT_HERE, 'rdes ncft plin pscp psft zip· unzi ipmi mosq sqlc bcp· osql redi keyd valk vaul ldap snmp open xh·'],
  [SUSPECT_HERE, 'lftp smbc rpcc smbm net· xfre wfre curl mc· htpa echo prin kube sqlp'],
  [AFTER_HTTP, 'ttp: tps: ttp· tps·'],
  // Options.
  [OPTION_HERE, '·-@'],
  // What begins before them: a log-in, a program's name, segments of a path.
  [STOP, 'gin· .exe ook/ oks/ ion/ ons/ key/ eys/ put/ ken/ ens/ ord/ ret/ ink/ -u9- /u9-'],
  // Tokens that are known by their form.
  [TOKEN_HERE, 'ghp- gho- ghu- ghs- ghr- gith glpa gldt glr glpt glcb glso glft glag glim glff glwt gr99 -git'],
  [
    TOKEN_HERE,
    'atat atct atbb ccip bk?a bkct sqp- sqa- squ- snyk xox xapp sk-l sk-t sk-p rk-l rk-t rk-p pk-l pk-t pk-p whse',
  ],
  [
    TOKEN_HERE,
    'ship sq9 eaaa shp <sk- gsk- <hf- api- r9- pplx xai- tvly pcsk lsv9 <fw- akia asia absk <s. <b. <r. aiza ya99',
  ],
  [
    TOKEN_HERE,
    '9//9 gocs dop- doo- dor- hrku fm9 nfp- vcp- pul- sbp- dapi psca <dp. v9.9 eaac tske ops- hvs. hvb. hvr. npm-',
  ],
  [
    TOKEN_HERE,
    'ruby cloj cio pypi dckr oy9 akcp cmvm dt9 nrak nrii nrra nrjs nrsp glsa glc- hcai hcam hcbi hcbm hcxi hcxm',
  ],
  [
    TOKEN_HERE,
    'sntr sb-s rnd- esec aio- cflt tmpr xkey xsmt <re- <pk. <sk. toke pmak cfpa p9e- ntn- lin- figd <a9- <pat <ska <skb',
  ],
  [TOKEN_HERE, '<skc <skd <ske <skf <sk9 <aca <acb <acc <acd <ace <acf <ac9 key- secr <sg. v9.l v9.p mdax ageu api-'],
  [TOKEN_HERE, '.atl .acr .ast .amc .aeh azdo nral -us 9:aa hook /web /hoo /bot md9'],
];

/** How each character of a beginning is read. */
const WILD: Readonly<Record<string, readonly number[]>> = (() => {
  const marks = [OTHER, HYPHEN, SLASH, COLON, BLANK];
  const letters = Array.from({ length: 26 }, (_, index) => index + 1);
  return {
    '9': [DIGIT],
    '-': [HYPHEN],
    '/': [SLASH],
    ':': [COLON],
    '·': [BLANK],
    '.': [OTHER],
    '@': [...letters, HYPHEN],
    '<': marks,
    '?': [...letters, DIGIT, ...marks],
  };
})();

const GRAM = 0xfffff;
const ALL_BLANK = GRAM;

/** What is to be done at some symbols, two to four, and a bit for each four that begin with them: so few bytes stay near the processor. */
interface Grams {
  readonly then: ReadonlyMap<number, number>;
  readonly bits: Uint8Array;
}

function gramsOf(beginnings: typeof BEGINNINGS): Grams {
  const then = new Map<number, number>();
  const bits = new Uint8Array((GRAM + 1) >> 3);
  for (const [what, grams] of beginnings) {
    for (const gram of grams.split(' ')) {
      const rest = 5 * (4 - gram.length);
      for (const place of placesOf(gram)) {
        const key = keyOf(place, gram.length);
        then.set(key, (then.get(key) ?? 0) | what);
        const first = place << rest;
        if (rest > 0) bits.fill(0xff, first >> 3, (first + (1 << rest)) >> 3);
        else bits[first >> 3] = (bits[first >> 3] ?? 0) | (1 << (first & 7));
      }
    }
  }
  return { then, bits };
}

/** The symbols of a beginning in one number, in each way in which they can be read. */
function placesOf(gram: string): readonly number[] {
  let places = [0];
  for (let at = 0; at < gram.length; at += 1) {
    const one = gram.charAt(at);
    const symbols = WILD[one];
    const place = one.charCodeAt(0) - 96;
    places =
      symbols === undefined
        ? places.map((before) => (before << 5) | place)
        : places.flatMap((before) => symbols.map((symbol) => (before << 5) | symbol));
  }
  return places;
}

const keyOf = (place: number, length: number): number => (place << 3) | length;

/** What is to be done where four symbols stand. */
function whatAt(then: ReadonlyMap<number, number>, gram: number): number {
  let what = 0;
  for (let length = 2; length <= 4; length += 1) what |= then.get(keyOf(gram >> (5 * (4 - length)), length)) ?? 0;
  return what;
}

/** What is made when a first text is looked at: few texts are none the slower without. */
interface Tables extends Grams {
  readonly kinds: Uint16Array;
  readonly suspect: RegExp;
  readonly token: RegExp;
}

let made: Tables | null = null;

function tables(): Tables {
  made ??= {
    ...gramsOf(BEGINNINGS),
    kinds: kinds(),
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
export function isSuspicious(text: string): boolean {
  return hasReason(text, tables()) || USER_LINE.test(text);
}

/** Whether there is a reason at any place of a text. */
function hasReason(text: string, look: Tables): boolean {
  const { length } = text;
  const seen: Seen = { gram: ALL_BLANK, run: 0 };
  for (let at = nextPlace(text, 0, look, seen); at < length; at = nextPlace(text, at + 1, look, seen))
    if (isReason(text, at, seen, look)) return true;
  // A sign of two letters may be the last.
  const last = whatAt(look.then, (seen.gram << 5) & GRAM);
  return last !== 0 && isFound(last, text, length);
}

/** What stands before a place: four symbols, and how many digits of base64 in one piece. */
interface Seen {
  gram: number;
  run: number;
}

/** The next place that may give reason to look; the length where there is none. Small, since few texts are read by what is compiled of it. */
function nextPlace(text: string, from: number, { kinds: kindOf, bits }: Tables, seen: Seen): number {
  const { length } = text;
  let { gram, run } = seen;
  let at = from;
  for (; at < length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (kindOf[code] ?? ALARM) : ALARM;
    gram = ((gram << 5) | (kind & SYMBOL)) & GRAM;
    run = (kind & RUN) === 0 ? 0 : run + 1;
    if ((kind & SELDOM) !== 0 || run === SHORTEST_RUN || ((bits[gram >> 3] ?? 0) & (1 << (gram & 7))) !== 0) break;
  }
  seen.gram = gram;
  seen.run = run;
  return at;
}

/** Whether a place gives reason to look: by its character, by the four that end there, by the run of which it may be the shortest. */
function isReason(text: string, at: number, { gram, run }: Seen, { kinds: kindOf, then }: Tables): boolean {
  const code = text.charCodeAt(at);
  const kind = code < 128 ? (kindOf[code] ?? ALARM) : ALARM;
  if ((kind & ALARM) !== 0) return true;
  const what = whatAt(then, gram);
  if (what !== 0 && isFound(what, text, at)) return true;
  if ((kind & SIGN) !== 0) return isMark(text, code, at);
  return run === SHORTEST_RUN && hasRun(text, at - SHORTEST_RUN + 1, kindOf);
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
function hasRun(text: string, from: number, kindOf: Uint16Array): boolean {
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
  return run >= SHORTEST_RUN && isTelling(text, at - run, at, isMixed);
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
