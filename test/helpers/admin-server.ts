/** A stand-in for Envoy's admin interface that remembers what it was asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AdminServer {
  readonly url: string;
  /** `POST /logging?level=debug`, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** @param answer the text for a request; null is answered with 404 */
export async function adminServer(answer: (method: string, path: string) => string | null): Promise<AdminServer> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    asked.push(`${method} ${url}`);
    const text = answer(method, url);
    response.writeHead(text === null ? 404 : 200, { 'content-type': 'text/plain' });
    response.end(text ?? 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The /logging of an Envoy with these levels, which may be set. */
export function loggingOf(levels: Record<string, string>): (method: string, path: string) => string | null {
  return (method, path) => {
    const url = new URL(path, 'http://x');
    if (method !== 'POST' || url.pathname !== '/logging') return null;
    for (const [name, level] of url.searchParams) {
      for (const one of name === 'level' ? Object.keys(levels) : [name]) levels[one] = level;
    }
    return `active loggers:\n${Object.entries(levels)
      .map(([name, level]) => `  ${name}: ${level}\n`)
      .join('')}`;
  };
}
