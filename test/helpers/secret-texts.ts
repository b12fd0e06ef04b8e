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
  ['a constant of Lua', (s) => `local SECRET_KEY <const> = "${s}"`],
  ['a value before its header', (s) => `"${s}" == request.headers['cookie']`],
  ['the beginning of a header', (s) => `request.headers["x-api-key"].startsWith("${s}")`],
  ['a header in a list', (s) => `request.headers['x-token'] in ['${s}', '${s}b']`],
  ['a block of YAML', (s) => `auth:\n  client_secret: >-\n    ${s}\n  host: kept-host\n`],
  ['a list of YAML', (s) => `tokens:\n  - ${s}\n  - ${s}b\nhosts:\n  - kept-host\n`],
  ['an element of XML', (s) => `<db><password>${s}</password><host>kept-host</host></db>`],
  ['attributes of XML', (s) => `<add key="ApiKey" value="${s}"/><add key="kept-name" value="kept-value"/>`],
  ['angle brackets', (s) => `bad private_key: <${s}> of <kept-listener>, password <${s}>`],
  ["proto's text format", (s) => `generic_secret{secret{inline_string:"${s}"}} name: "kept-name"`],
  ['a header in that format', (s) => `header { key: "x-api-key" value: "${s}" } key: "kept-key" value: "kept-value"`],
  [
    'JSON in a sentence',
    (s) => `cannot parse ({"tls_certificate":{"private_key":{"inline_string":"${s}"}}}) of kept-secret`,
  ],
  ['a password in a sentence', (s) => `invalid password '${s}' for kept-user`],
  ['a command line', (s) => `tool --host kept-host --token ${s} -v`],
  ['a curl command', (s) => `curl -u user:${s} -H "X-Api-Key: ${s}" https://kept-host/`],
  ['a header as it is sent', (s) => `GET /kept-path HTTP/1.1\r\nAuthorization: Basic ${s}\r\nCookie: sid=${s}\r\n`],
  ['a host with user information in a sentence', (s) => `HTTP CONNECT user:${s}@kept-host:80, kept-next`],
  ['another scheme of HTTP', (s) => `Api-Token ${s}`],
];
