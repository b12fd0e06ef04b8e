/** What other languages than English call a password, a token or a secret key, in a sentence or before a sign. */

const anyOf = (...words: readonly string[]): string => `(?:${words.join('|')})`;

/** The words. Where one begins with four letters of ASCII, `first-look.ts` knows them; it stops at any other letter by itself. */
export const WORDS_ELSEWHERE = anyOf(
  // German, Dutch and the languages of the North.
  'passw[oö]rt(?:es)?|kennwort(?:es)?|losungswort|zugangscode|geheimnis|(?:api|geheimer|privater)[ -]?schl(?:ü|ue)ssel',
  'wachtwoord|toegangscode|passord(?:et)?|adgangskode(?:n)?|l[öo]senord(?:et)?|salasana|aðgangsorð|lykilorð',
  // French, Spanish, Catalan, Portuguese, Italian, Romanian.
  "mots? de passe|cl(?:é|e) (?:secr[eè]te|priv(?:é|e)e|d['’]api|api)|jeton(?: d['’]acc[eè]s)?",
  'contrase(?:ñ|n|ny)as?|clave (?:secreta|privada|de acceso|de api|api)|contrasenya|secreto|ficha de acceso',
  "senha|palavra-passe|chave (?:secreta|privada|de api|api)|segredo|parol[aă](?: d['’]ordine)?|chiave (?:segreta|privata|api)",
  // Polish, Czech, Slovak, Hungarian, Turkish, and others in Latin letters.
  'has[łl]o|heslo|jelsz[óo]|lozinka|geslo|[şs]ifre(?:si|niz)?|parol(?:e|ės|as)?|slaptažodis|kata sandi|mật khẩu',
  // Cyrillic, Greek, Hebrew, Arabic, Persian, Hindi, Thai, Chinese, Japanese, Korean.
  'парол[ьяюе]|паролем|токен|секрет(?:ный ключ)?|закрытый ключ|гасло|κωδικός(?: πρόσβασης)?|συνθηματικό',
  'סיסמ[הא]|מפתח סודי|كلمة (?:السر|المرور)|رمز (?:عبور|المرور)|पासवर्ड|รหัสผ่าน',
  '密[码碼]|口令|密[钥鑰]|令牌|パスワード|暗証番号|トークン|秘密鍵|비밀번호|암호|토큰|비밀 ?키',
);

/** What stands between it and what it is. */
const IS = anyOf(
  '(?:ist|war|lautet|is|luidt|var|är|er|on|est|es|era|é|è|e|je|to|az?|это|είναι|הוא|הינה|هي|است|है|là|adalah|[a-z]{1,3}dır)(?![a-z])',
  '是|为|為|คือ|は|が|이|가|는|은|に?を',
);

/** Such a word alone: no part of a longer one, of a name with hyphens, or of a path. */
const WORD = String.raw`(?<![\w/.-])${WORDS_ELSEWHERE}(?![\w\u00c0-\u024f\u0370-\u052f\u1e00-\u1eff-])["'»]?`;

/** Quotes and brackets that a secret may stand in. */
const OPEN = String.raw`[\\"'«“„「<([]{1,2}[ \t]?`;

/** Such a word with what says what it is, up to the secret. */
export const CALLED_ELSEWHERE = String.raw`${WORD}[ \t]{0,3}(?:${IS}["'»]?[ \t]{0,3}(?:[:：=—–]|=>|->)?|[:：=—–]|=>|->|(?=[\\"'«“„「<([]))[ \t]{0,3}(?:${OPEN})?`;

/** Such a word and blanks alone, up to what may be the secret, or the next word. */
export const BEFORE_DRAWN = String.raw`${WORD}[ \t]{1,3}`;
