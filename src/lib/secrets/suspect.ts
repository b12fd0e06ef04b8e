/** The sign of a text that may give a secret away by its form, which most texts lack. */
import { COMMAND_WITH_PASSWORD } from './commands';
import { WORDS_ELSEWHERE } from './languages';

/** Names of secrets, or what they hold: with a sign behind it that sets it, one gives reason to look. */
export const SECRET_NAMES = String.raw`pass|pwd|pswd|psw|pw|secret|tok|key|cred|auth|cookie|bearer|jw[te]|hmac|psk|oidc|salt|pin|cv[vc]|[cdk]ek|cmk|code|sig|sid|sas|[cx]srf|sess|licen|community|mnemonic|assertion|response|answer|phrase|seed|otp|mfa|2fa|tan|conn|refresh|master|webhook|magic|private|login|account|dsn|x-api|x-access|saml|sso|[_-]pat|p12|pkcs|pfx|jks|kennwort|contrase|senha|wachtwoord|netrc|docker|pepper|kty|(?:hook|callback|notification|alert|slack|teams|discord)[_-]?ur[il]`;

/** What every pattern of `secret-text.ts` needs to be there, so that most texts are looked at once. */
export const SUSPECT = new RegExp(
  [
    // Keys, tokens and users by their form.
    'PRIVATE(?:[ +_-]|%20)?KEY|PuTTY-User-Key|AGE-SECRET-KEY|eyJ[A-Za-z0-9_-]{4}|LS0tLS1CRUdJTi|LS0tQkVHSU4g|LS0tLUJFR0lOI',
    String.raw`\/\/[^\s/?#]*@|:\/\/[^\s/?#@:]{0,200}:[^\s@]{1,1000}@|(?:^|[\s"'(=])[^\s/:@"'(=]{1,200}:[^\s/@"']{1,1000}@|:(?:thin|oci):`,
    // Parameters of a query, a scheme of HTTP and what follows it.
    String.raw`[?&;#][\w.~%[\]-]+=|%3D|(?:earer|asic|oken|apikey|api-key|SSWS|DPoP|negotiate|ntlm) +\S|(?:earer|asic|oken|apikey) ?["']|\b(?:Digest|Hawk|SharedKey\w{0,4}) `,
    // A secret's name, and a sign behind it that sets it; a number of few figures is none, as in `max_connections=100`.
    String.raw`(?:${SECRET_NAMES})[\w"'\]\\\s.-]{0,24}(?:=(?!\d{1,5}(?:[,\s]|$))|(?<=\s)=|[:<>({|：＝]|~=|!=|\?\?|\)\s{0,5}(?:or|\?\?)|,\s*(?:\\?["']|value))`,
    String.raw`(?:pass|tok|secret|key|cred|auth|cookie|bearer)[\w-]{0,24}[ \t]{1,5}["'\w]|\bpin code |\bAUTH\r?\n`,
    String.raw`[=!~]=\s{0,5}[\w.:]{1,100}[[(.]|["']\s?\]\s{1,5}in\s{1,5}\[|\bname="[\w.-]+"\r?\n`,
    WORDS_ELSEWHERE,
    // Options of command lines: those that are named like a secret first.
    String.raw`(?:${SECRET_NAMES})(?<=(?<![\w-])--?[\w-]{1,60})[\w-]{0,24}\s{1,5}["']?[^\s"'-]`,
    String.raw`(?:^|\s)(?:-u|-U|-E|-b|-D[\w.]|--(?:user|proxy-user|cert|proxy-cert|cookie))\b|(?:^|\s)-[a-z] {1,3}["']?\S{16}|\b(?:env|arg|(?:set)?env|set) \w`,
    COMMAND_WITH_PASSWORD,
    // Log-ins, schemes, code that makes a header, an address with a segment as long as a token.
    String.raw`\bidentified\s|(?:^|\n)(?:\w{1,10} )?login |\b(?:GenieKey|Splunk|GNAP|PVEAPIToken|MAC) |(?:base64\w{0,20}|btoa|b64encode|EncodeToString)\s?\(|OpenVPN Static|https?:\/\/[^\s?#]{1,300}\/[\w~-]{20}`,
    // Lines of files of passwords and cookies, segments of a path.
    String.raw`:(?:\d{1,5}|\*):[^\s:]{1,100}:[^\s:]{1,100}:\S|^\s{0,20}[\w.@+-]{1,64}:(?!\/\/)[^\s:]{6}|(?:^|\n)"[\w.@-]{1,100}"[ \t]|(?:^|\n)[^\s:]{1,100}:[^\n:]{1,100}:[0-9a-f]{32}|\t(?:true|false)\t\d|\/[\w-]{0,40}(?:hooks?|integrations?|keys?|input|tokens?|password|secret|magic-link)\/[\w~-]{16}`,
  ].join('|'),
  'i',
);
