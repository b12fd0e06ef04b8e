/** curl, with nothing added to the request and nothing taken for a file. https://curl.se/docs/manpage.html */
import { holdsSecrets, type RequestToSend } from './request';
import type { Command, Tool } from './tool';

/** Headers that curl adds by itself: an empty `-H` takes each away. */
const ADDED = ['user-agent', 'accept', 'content-type', 'expect'];

/** 2: an option is unknown; 3: a malformed URL; 6: the host is not found. */
const UNSENT = new Set([2, 3, 4, 5, 6, 26, 27]);

/** @param program how curl is called: `['curl']`, or the words of --prove-command */
export function curlTool(program: readonly string[]): Tool {
  return { name: program[0] ?? 'curl', unsent: UNSENT, command: (request) => commandOf(program, request) };
}

function commandOf(program: readonly string[], request: RequestToSend): Command {
  const { headers, body, authority } = request;
  const seconds = String(Math.ceil(request.timeoutMs / 1000));
  const options = ['-q', '-sS', '-o', '/dev/null', '-D', '-', '-m', seconds, '--path-as-is', '-g', '--noproxy', '*'];
  const missing = ADDED.filter((name) => !headers.some(([own]) => own === name));
  const url = `${request.scheme}://${hostText(request.tls?.sni ?? request.host)}:${request.port}${urlTarget(request)}`;
  // The URL comes with the secrets: where they are cut off, nothing is sent.
  const own: (readonly [string, string])[] = [
    ['url', url],
    ...headers.map(([name, value]) => ['header', value === '' ? `${name};` : `${name}: ${value}`] as const),
    ...(body === null ? [] : [['data-raw', body] as const]),
  ];
  const isSecret = holdsSecrets(request);
  const shown = isSecret ? ['-K', '-'] : own.flatMap(([option, value]) => [`--${option}`, value]);
  return {
    words: [
      ...program,
      ...options,
      ...methodWords(request),
      ...versionWords(request),
      ...(request.tls === null ? [] : ['-k']),
      ...connectWords(request),
      '-H',
      `Host: ${authority}`,
      ...missing.flatMap((name) => ['-H', `${name}:`]),
      ...shown,
      ...(request.target === urlTarget(request) ? [] : ['--request-target', request.target]),
    ],
    input: isSecret ? own.map(([option, value]) => `${option} = ${quoted(value)}\n`).join('') : null,
    readsToEnd: true,
  };
}

function methodWords({ method }: RequestToSend): readonly string[] {
  return method === 'HEAD' ? ['-I'] : ['-X', method];
}

function versionWords({ version, tls }: RequestToSend): readonly string[] {
  if (version === '1.0') return ['--http1.0'];
  if (version === '2') return [tls === null ? '--http2-prior-knowledge' : '--http2'];
  return !tls?.alpn.includes('h2') ? ['--http1.1'] : [];
}

/** Name resolution stays the container's own where nothing else is asked for; a server name may differ from the URL's host. */
function connectWords({ connectTo, host, port, tls }: RequestToSend): readonly string[] {
  const to = connectTo ?? (tls?.sni != null && tls.sni !== host ? { host, port } : null);
  return to === null ? [] : ['--connect-to', `::${hostText(to.host)}:${to.port}`];
}

/** What curl takes in a URL; anything else goes by --request-target. */
function urlTarget({ target }: RequestToSend): string {
  return target.startsWith('/') && !target.includes('#') ? target : '/';
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** A value of curl's configuration file. */
function quoted(value: string): string {
  const escaped = value.replace(/[\\"]/g, '\\$&').replace(/\t/g, '\\t').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
  return `"${escaped}"`;
}
