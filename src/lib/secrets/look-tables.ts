/**
 * What the first look knows: kinds of characters, and the beginnings of what the expressions behind it look for, as a bit for each
 * four characters.
 */

/** A character's symbol: letters by their place in the alphabet, others by kind. Each has five bits, so that four make an index. */
const DIGIT = 27;
const HYPHEN = 28;
const SLASH = 29;
const COLON = 30;
const BLANK = 31;
const OTHER = 0;
export const SYMBOL = 31;

/** What else a character is. One with ALARM stands in no plain name. */
export const ALARM = 0x20;
export const ALNUM = 0x40;
/** A digit of base64; one that no word in small letters has; one with which base64 of a text may begin; one behind which none begins. */
export const RUN = 0x80;
export const MIXED = 0x100;
export const BEGINS = 0x200;
export const INSIDE = 0x400;
/** A mark between words that may say something with others. */
export const SIGN = 0x800;
export const SELDOM = ALARM | SIGN;

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
export const SUSPECT_HERE = 1;
export const TOKEN_HERE = 2;
/** An address or a tool that begins with `http`, of which these are the last of it and what follows. */
export const AFTER_HTTP = 4;
export const OPTION_HERE = 8;
export const STOP = 16;

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

export const GRAM = 0xfffff;
/** Four blanks, before a text begins. */
export const ALL_BLANK = (BLANK << 15) | (BLANK << 10) | (BLANK << 5) | BLANK;

/** What is to be done at some symbols, two to four, and a bit for each four that begin with them: so few bytes stay near the processor. */
interface Grams {
  readonly then: ReadonlyMap<number, number>;
  readonly bits: Uint8Array;
}

function gramsOf(): Grams {
  const then = new Map<number, number>();
  const bits = new Uint8Array((GRAM + 1) >> 3);
  for (const [what, grams] of BEGINNINGS) {
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
export function whatAt(then: ReadonlyMap<number, number>, gram: number): number {
  let what = 0;
  for (let length = 2; length <= 4; length += 1) what |= then.get(keyOf(gram >> (5 * (4 - length)), length)) ?? 0;
  return what;
}

/** What the first look goes by. */
export interface LookTables extends Grams {
  /** What each character of ASCII is. */
  readonly kinds: Uint16Array;
}

let made: LookTables | null = null;

/** The tables, made when they are first asked for. */
export function lookTables(): LookTables {
  made ??= { ...gramsOf(), kinds: kinds() };
  return made;
}
