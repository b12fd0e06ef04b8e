/** Tokens and hashes of passwords that are made so that they are known by their form. */

/** What each of them begins with or holds; a text without one is not looked at. */
const BEGINNING =
  /gh[pousr]_|github_pat_|glpat-|xox[a-z]-|[sr]k_(?:live|test)_|whsec_|sk-|AIza|ya29\.|npm_|pypi-|dckr_pat_|hv[sbr]\.|SG\.|dt0[a-z]\d\d\.|NRAK-|do[por]_v1_|shp[a-z]{2}_|lin_api_|figd_|sntry[su]_|glsa_|glc_|\.atlasv1\.|hooks\.slack|\/webhooks\/|\/webhookb2\/|\/bot\d|\$(?:2[abxy]|apr1|argon2|[1567y]|scrypt|pbkdf2)|\{S?SHA/;

/** https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats and the like. */
export const KNOWN_TOKENS =
  /\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|[sr]k_(?:live|test)_\w{10,}|whsec_[\w+/=]{10,}|sk-(?=[\w-]{0,200}\d)[\w-]{20,}|AIza[\w-]{30,}|ya29\.[\w.-]{16,}|npm_\w{30,}|pypi-[\w-]{20,}|dckr_pat_[\w-]{16,}|hv[sbr]\.[\w-]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|dt0[a-z]\d\d\.\w{16,}(?:\.\w+)?|NRAK-\w{16,}|do[por]_v1_\w{30,}|shp[a-z]{2}_\w{30,}|lin_api_\w{16,}|figd_[\w-]{16,}|sntry[su]_[\w=+/-]{16,}|glsa_\w{16,}|glc_[\w=+/-]{16,}|\w{10,200}\.atlasv1\.[\w-]{20,})|(?<=hooks\.slack\.com\/)(?:services|workflows)\/[\w/-]+|(?<=\/webhooks\/\d{5,30}\/)[\w-]{8,}|(?<=\/webhookb2\/)\S{8,4000}|(?<=\/bot\d{5,30}:)[\w-]{8,}|\$(?:2[abxy]|apr1|argon2(?:id|i|d)|[1567y]|scrypt|pbkdf2[\w-]{0,20})\$[\w./$=,+-]{16,}|(?<=\{S?SHA(?:256|512)?\})[\w+/]{16,}={0,2}/g;

/** Whether a text may hold one of them: false is sure. */
export function mayBeToken(text: string): boolean {
  return BEGINNING.test(text);
}
