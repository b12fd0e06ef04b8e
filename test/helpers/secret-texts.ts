/** Texts that give a secret away by their form. */

export const PEM = (kind: string, secret: string): string =>
  `-----BEGIN ${kind}PRIVATE KEY-----\nMIIE${secret}AAAA\n-----END ${kind}PRIVATE KEY-----\n`;
export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Texts in which something announces a secret, each as a plug-in's configuration or source may hold it. */
export const TEXTS: readonly (readonly [string, (secret: string) => string])[] = [
  ['a line of YAML', (s) => `endpoint: kept-endpoint\nauth:\n  - client_secret: ${s}\n`],
  ['YAML in braces', (s) => `auth: {user: kept-user, password: ${s}}`],
  ['a connection string', (s) => `host=kept-host password=${s} dbname=kept-name`],
  ['a form', (s) => `grant_type=kept-grant&client_secret=${s}&scope=kept-scope`],
  ['a text in brackets', (s) => `local password = [[${s}]]`],
  ['a header that code adds', (s) => `request_handle:headers():add("x-api-key", "${s}")`],
  ['a variable of code', (s) => `local authorization = "${s}"`],
  ['a comparison', (s) => `request.headers['x-api-key'] == '${s}'`],
  ['JSON in JSON', (s) => JSON.stringify(JSON.stringify({ a: 'kept-a', client_secret: s }))],
  ['JSON behind a byte order mark', (s) => `\ufeff{"keys":[{"kty":"oct","k":"${s}"}]}`],
  ['a key without its type', (s) => `{"keys":[{"k":"${s}","alg":"HS256"}]}`],
  ['JSON in base64', (s) => base64(`{"client_secret":"${s}"}`)],
  ['a PEM in base64 behind a line', (s) => base64(`\n${PEM('', s)}`)],
  ['a PEM in base64 behind two letters', (s) => base64(`ab${PEM('RSA ', s)}`)],
  ['a PEM in a query', (s) => encodeURIComponent(PEM('', s))],
  ['a PEM in small letters', (s) => PEM('', s).toLowerCase().replace(s.toLowerCase(), s)],
  ['an SSH key', (s) => `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${s}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`],
  ["a key of PuTTY's", (s) => `PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\n${s}\nPrivate-MAC: 00ff`],
  ['user information without a scheme', (s) => `//user:${s}@kept-host/`],
  ['a host with user information', (s) => `user:${s}@kept-host:80`],
  ['another scheme of HTTP', (s) => `Api-Token ${s}`],
];
