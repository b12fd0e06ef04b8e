/** Tokens and hashes of passwords that are made so that they are known by their form. */

/** What tokens begin with or hold, and what follows: alternatives that begin alike stand in one. Each side is an expression. */
const FORMS: readonly (readonly [mark: string, rest: string])[] = [
  // Code: https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
  ['gh[pousr]_', String.raw`\w{16,}`],
  ['github_pat_', String.raw`\w{16,}`],
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  [
    'gl(?:pat|dt|rtr?|ptt|cbt|soat|ft|agent|imt|ffct|wt)-|GR1348941|_gitlab_session=',
    String.raw`(?=[\w.-]{0,100}\d)[\w.-]{16,}`,
  ],
  ['ATATT3x|ATCTT3x|ATBB', String.raw`(?=\w{0,100}\d)[\w=-]{20,}`],
  [String.raw`CCIPAT_|CCIPRJ_|bk[a-z]a_|bkct_|sq[pau]_|snyk_(?:uat|sat|pat)\.`, String.raw`[\w.-]{20,}`],
  // Chat, and addresses to which anybody may post who knows them: https://docs.slack.dev/authentication/tokens
  [String.raw`xox[a-z]-|xox[a-z]\.xox[a-z]-|xapp-\d-`, String.raw`[\w-]{10,}`],
  // Payments.
  [
    '[srp]k_(?:live|test|prod)_|whsec_|shippo_(?:live|test)_|sq0[a-z]{3}-|EAAA',
    String.raw`(?=[\w+/-]{0,100}\d)[\w+/=-]{10,}`,
  ],
  ['shp[a-z]{2}_', String.raw`\w{30,}`],
  // Models.
  ['sk-', String.raw`(?=[\w-]{0,200}\d)[\w-]{20,}`],
  ['gsk_|hf_|api_org_|r8_|pplx-|xai-|tvly-|pcsk_|lsv2_[a-z]{2}_|fw_', String.raw`(?=[\w-]{0,100}\d)[\w-]{22,}`],
  // Clouds: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  ['AKIA|ASIA|ABSK', String.raw`[A-Z0-9]{16}(?![A-Za-z0-9])`],
  // https://developer.hashicorp.com/vault/docs/concepts/tokens, as they were before 1.10.
  [String.raw`[sbr]\.`, String.raw`(?=[A-Za-z]{0,20}\d)(?=[a-z\d]{0,20}[A-Z])[A-Za-z0-9]{24}(?![\w.-])`],
  [String.raw`b\.AAAA`, String.raw`[\w-]{60,}`],
  ['AIza', String.raw`[\w-]{30,}`],
  [String.raw`ya29\.|1\/\/0`, String.raw`[\w.-]{16,}`],
  ['GOCSPX-', String.raw`[\w-]{20,}`],
  [String.raw`do[por]_v1_`, String.raw`\w{30,}`],
  ['HRKU-|fm[12][a-z]?_|nfp_|vcp_|pul-|sbp_|dapi|pscale_[a-z]{2,6}_', String.raw`(?=[\w-]{0,100}\d)[\w-]{32,}`],
  [String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.|v1\.0-`, String.raw`(?=[\w.-]{0,100}\d)[\w.-]{40,}`],
  ['EAACEdEose0cBA|tskey-[a-z]{3,8}-|ops_eyJ', String.raw`[\w-]{16,}`],
  [String.raw`hv[sbr]\.`, String.raw`[\w-]{16,}`],
  // Packages.
  ['npm_|rubygems_|CLOJARS_', String.raw`\w{30,}`],
  ['cio', String.raw`(?=[A-Za-z]{0,30}\d)[A-Za-z0-9]{32}(?![A-Za-z0-9])`],
  ['pypi-', String.raw`[\w-]{20,}`],
  ['dckr_[po]at_', String.raw`[\w-]{16,}`],
  ['oy2[a-z0-9]', '[a-z0-9]{42}(?![A-Za-z0-9])'],
  ['AKCp|cmVmdGtu', '[A-Za-z0-9]{50,}'],
  // What watches and what is written in.
  [String.raw`dt0[a-z]\d\d\.`, String.raw`\w{16,}(?:\.\w+)?`],
  ['NR(?:AK|II|RA|JS)-|NRSP-', String.raw`[\w-]{16,}`],
  ['glsa_|glc_', String.raw`[\w=+/-]{16,}`],
  ['hc[abx](?:ik|mk)_01', String.raw`\w{30,}`],
  ['sntry[su]_', String.raw`[\w=+/-]{16,}`],
  ['sb_secret_|rnd_|esecret_|aio_|cflt|tmprl_|x(?:keysib|smtpsib)-', String.raw`(?=[\w-]{0,100}\d)[\w-]{20,}`],
  ['re_', String.raw`(?=\w{0,40}\d)[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}`],
  [String.raw`[ps]k\.eyJ`, String.raw`[\w-]{10,}\.[\w-]{10,}`],
  // https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/, and Rancher's.
  ['token-[a-z0-9]{5}:', '[a-z0-9]{40,}'],
  ['PMAK-|CFPAT-|p8e-|ntn_|lin_api_|figd_|A3-', String.raw`(?=[\w-]{0,100}\d)[\w-]{16,}`],
  [String.raw`pat[\w]{14}\.[0-9a-f]`, '[0-9a-f]{20,}'],
  [String.raw`pat\.[\w-]{22}\.`, String.raw`[\w.]{20,}`],
  ['(?:SK|AC)(?=[0-9a-f])', '[0-9a-f]{32}(?![A-Za-z0-9])'],
  ['key-(?=[0-9a-f])|secret_', String.raw`(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{32,}`],
  [String.raw`SG\.`, String.raw`[\w-]{16,}\.[\w-]{16,}`],
  // Tokens that hold something of their own. https://github.com/paseto-standard/paseto-spec
  [String.raw`v[1-4]\.(?:local|public)\.`, String.raw`[\w-]{16,}(?:\.[\w-]+)?`],
  ['MDAxY2xvY2F0aW9uI|AgEUbG9jYXRpb24', String.raw`[\w+/=-]{10,}`],
  // Hashes of passwords. https://man7.org/linux/man-pages/man5/crypt.5.html
  [
    String.raw`\$(?:2[abxy]|apr1|argon2(?:id|i|d)|[1567y]|scrypt|pbkdf2[\w-]{0,20}|krb5\w{1,20})\$`,
    String.raw`[\w./$=,+*@-]{16,}`,
  ],
  [String.raw`\$[PHS]\$`, String.raw`[\w./]{20,}`],
  [
    String.raw`(?:pbkdf2|bcrypt|argon2|scrypt)_?\w{0,10}\$|SCRAM-SHA-(?:1|256|512)\$\d{1,7}:`,
    String.raw`[\w+/=$:,.-]{16,}`,
  ],
];

/** The same where something before it, or in the midst of it, makes it known. */
const MARKED: readonly (readonly [mark: string, whole: string])[] = [
  [String.raw`\.atlasv1\.`, String.raw`(?<![A-Za-z0-9])\w{10,200}\.atlasv1\.[\w-]{20,}`],
  ['[78]Q~', String.raw`(?<![\w~.-])[\w~.]{3}[78]Q~[\w~.-]{31,34}(?![\w~-])`],
  ['AZDO', '(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])'],
  [String.raw`\+A(?:CR|St|MC|Eh)`, String.raw`[A-Za-z0-9+/]{32,80}\+A(?:CR|St|MC|Eh)[A-Za-z0-9+/]{4,10}={0,2}`],
  ['NRAL', '(?<![0-9a-f])[0-9a-f]{36}NRAL(?![A-Za-z0-9])'],
  ['-us', '(?<![0-9a-f])[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])'],
  [
    String.raw`[MNO][A-Za-z0-9]{22,26}\.`,
    String.raw`(?<![\w.-])[MNO](?=[A-Za-z0-9]{0,25}\d)[A-Za-z0-9]{22,26}\.[\w-]{6}\.[\w-]{25,40}(?![\w.-])`,
  ],
  [String.raw`\d:AA`, String.raw`(?<=(?<!\d)\d{8,10}:)AA[\w-]{30,}`],
  [String.raw`hooks\.slack`, String.raw`(?<=hooks\.slack(?:-gov)?\.com\/)(?:services|workflows|triggers)\/[\w/-]+`],
  [String.raw`\/webhooks\/`, String.raw`(?<=\/webhooks\/\d{5,30}\/)[\w-]{8,}`],
  [String.raw`\/webhookb2\/`, String.raw`(?<=\/webhookb2\/)\S{8,4000}`],
  [String.raw`\/hooks\/catch\/`, String.raw`(?<=\/hooks\/catch\/\d{1,20}\/)\w{4,}`],
  [String.raw`\/bot\d`, String.raw`(?<=\/bot\d{5,30}:)[\w-]{8,}`],
  [String.raw`\{S?SHA`, String.raw`(?<=\{S?SHA(?:256|512)?\})[\w+/]{16,}={0,2}`],
  ['[0-9a-f]:[0-9a-f]{32}', '(?<![0-9a-f])[0-9a-f]{32}:[0-9a-f]{32}(?![0-9a-f])'],
  ['11[0-9a-f]{32}', '(?<![A-Za-z0-9])11[0-9a-f]{32}(?![A-Za-z0-9])'],
  [
    String.raw`\.[a-z0-9]{16}(?![\w.-])`,
    String.raw`(?<![\w.-])[a-z0-9]{6}\.(?=(?:[a-z]{1,14}\d{1,14}){3}|(?:\d{1,14}[a-z]{1,14}){3})[a-z0-9]{16}(?![\w.-])`,
  ],
  ['md5[0-9a-f]', '(?<![A-Za-z0-9])md5[0-9a-f]{32}(?![0-9a-f])'],
];

const joined = (parts: readonly string[]): string => parts.join('|');

/** What each of them begins with or holds; a text without one is not looked at. */
export const BEGINNING = new RegExp(
  joined([`(?<![A-Za-z0-9])(?:${joined(FORMS.map(([mark]) => mark))})`, ...MARKED.map(([mark]) => mark)]),
);

/** All of them. What stands before one is no letter and no digit. */
export const KNOWN_TOKENS = new RegExp(
  joined([
    `(?<![A-Za-z0-9])(?:${joined(FORMS.map(([mark, rest]) => `(?:${mark})${rest}`))})`,
    ...MARKED.map(([, whole]) => whole),
  ]),
  'g',
);

/** Whether a text may hold one of them: false is sure. */
export function mayBeToken(text: string): boolean {
  return BEGINNING.test(text);
}
