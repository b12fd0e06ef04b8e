/** The programs that can send a request from a container, the most exact first. */
import { curlTool } from './curl-tool';
import { BASH_TOOL, NODE_TOOL, PYTHON_TOOL } from './raw-tools';
import { holdsSecrets, type RequestToSend } from './request';
import type { Command, Tool } from './tool';

/** wget sends headers of its own, so it comes last, and for plain GETs alone. BusyBox's has few options. */
const WGET_TOOL: Tool = {
  name: 'wget',
  unsent: new Set(),
  command: (request) => (isPlain(request) ? wgetCommand(request) : null),
};

function isPlain(request: RequestToSend): boolean {
  const { method, body, tls, version, connectTo, host, port, authority, target } = request;
  const own = port === 80 ? host : `${host}:${port}`;
  const isOwnHost = connectTo === null && authority === own;
  // It writes paths anew.
  const isPlainPath = /^\/[\w/~?=&.-]*$/.test(target) && !/\/\.{1,2}(?:\/|\?|$)/.test(target);
  return (
    isPlainPath &&
    method === 'GET' &&
    body === null &&
    tls === null &&
    version === '1.1' &&
    isOwnHost &&
    !holdsSecrets(request)
  );
}

function wgetCommand({ headers, host, port, target, timeoutMs }: RequestToSend): Command {
  const shown = headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}${target}`;
  const seconds = String(Math.ceil(timeoutMs / 1000));
  return {
    words: ['wget', '-S', '-O', '/dev/null', '-t', '1', '-T', seconds, ...shown, url],
    input: null,
    readsToEnd: false,
  };
}

/** @param program the words of --prove-command, which takes curl's options; null for whatever is there */
export function toolsFor(program: readonly string[] | null): readonly Tool[] {
  return program === null ? [curlTool(['curl']), PYTHON_TOOL, NODE_TOOL, BASH_TOOL, WGET_TOOL] : [curlTool(program)];
}
