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
  put(':', COLON);
  put(' \n', BLANK);
  put('.|;,*=', OTHER);
  return table;
}

/** What is to be done where four characters stand together. */
const SUSPECT_HERE = 1;
const TOKEN_HERE = 2;
/** An address or a tool that begins with `http`, of which these are the last of it and what follows. */
const AFTER_HTTP = 4;
const STOP = 8;

/**
 * Beginnings of what the expressions look for, by what is to be done. Letters stand for both cases, 9 for a digit, `-` for `_` too, `.` for
 * what is none of these and no blank, `<` for all of those that are no letter and no digit, `?` for any, as do those that are missing.
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
    '<': marks,
    '?': [...letters, DIGIT, ...marks],
  };
})();

const GRAM = 0xfffff;
function thens(): Uint8Array {
  const table = new Uint8Array(GRAM + 1);
  for (const [then, grams] of BEGINNINGS) {
    for (const gram of grams.split(' ')) {
      const symbols = Array.from(gram.padEnd(4, '?')).map((one) => WILD[one] ?? [one.charCodeAt(0) - 96]);
      let places = [0];
      for (const choices of symbols) places = places.flatMap((place) => choices.map((one) => (place << 5) | one));
      for (const place of places) table[place] = (table[place] ?? 0) | then;
    }
  }
  return table;
}

/** What is made when a first text is looked at: few texts are none the slower without. */
interface Tables {
  readonly kinds: Uint16Array;
  readonly then: Uint8Array;
  readonly suspect: RegExp;
  readonly token: RegExp;
}

let made: Tables | null = null;

function tables(): Tables {
  made ??= {
    kinds: kinds(),
    then: thens(),
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
  return (then & TOKEN_HERE) !== 0 && (isAt(token, text, at - 3) || isAt(token, text, at - 2));
}

/** As many letters and digits in one piece may be a token, and as many digits of base64 one of several lines. */
const LONGEST_WORD = 23;
const LONGEST_RUN = 40;

const isPlainRun = remembered(saysNothing);
const isPlainWord = remembered((word) => !/\d|[MNO][A-Za-z]{22}|[a-fA-F]{32}/.test(word));

const WORD = /[A-Za-z0-9]*/y;

/** The letters and digits in one piece that begin at a place. */
function wordAt(text: string, from: number): string {
  WORD.lastIndex = from;
  return WORD.exec(text)?.[0] ?? '';
}

/** An option, a line of a file of passwords, parameters of a query, comparisons, and a token whose two parts a full stop joins. */
const OTHERS = /(?:^|\s)-[A-Za-z-]|:[^\s:]*:[^\s:]*:[^\s:]*:|[?&;#][\w.~%[\]-]+=|==|\.[a-z0-9]{16}(?![\w.-])/;

/** As many characters are judged without a first look: its tables take longer to make than they would save. */
const FEW = 200_000;
let judged = 0;

/** Whether a text may hold a secret, encoded or not; false is sure. */
export function mayHoldSecret(text: string): boolean {
  judged += text.length;
  return judged < FEW || isSuspicious(text);
}

/** The same, however few texts were judged before. */
export function isSuspicious(text: string): boolean {
  return hasBeginning(text) || hasRun(text) || USER_LINE.test(text) || OTHERS.test(text);
}

/** Whether a text has a character that stands in no plain name, or the beginning of what is looked for. */
function hasBeginning(text: string): boolean {
  const { kinds: kindOf, then: thenOf } = tables();
  const { length } = text;
  let gram = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (kindOf[code] ?? ALARM) : ALARM;
    if ((kind & ALARM) !== 0) return true;
    gram = ((gram << 5) | (kind & SYMBOL)) & GRAM;
    const then = thenOf[gram] ?? 0;
    if (then !== 0 && isFound(then, text, at)) return true;
  }
  // A sign of two letters may be the last.
  const last = thenOf[(gram << 5) & GRAM] ?? 0;
  return last !== 0 && isFound(last, text, length);
}

/** Whether letters and digits stand in one piece that may be a token, or base64 of something; of a text of such characters alone. */
function hasRun(text: string): boolean {
  const { kinds: kindOf } = tables();
  const { length } = text;
  let before = 0;
  let word = 0;
  let run = 0;
  let isMixed = false;
  for (let at = 0; at < length; at += 1) {
    const kind = kindOf[text.charCodeAt(at)] ?? 0;
    if ((kind & RUN) === 0) {
      if (run >= SHORTEST_RUN && isTelling(text, at - run, at, isMixed)) return true;
      run = 0;
      isMixed = false;
    } else if (run > 0) {
      run += 1;
      if ((kind & MIXED) !== 0) isMixed = true;
    } else if ((before & INSIDE) === 0 && (kind & BEGINS) !== 0) run = 1;
    word = (kind & ALNUM) === 0 ? 0 : word + 1;
    if (word === LONGEST_WORD && !isPlainWord(wordAt(text, at - word + 1))) return true;
    before = kind;
  }
  return run >= SHORTEST_RUN && isTelling(text, length - run, length, isMixed);
}

/** Whether a run of digits of base64 may say something. */
function isTelling(text: string, from: number, to: number, isMixed: boolean): boolean {
  return to - from >= LONGEST_RUN || (isMixed && !isPlainRun(text.slice(from, to)));
}
