import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError, UnavailableError, UsageError } from '../../../src/lib/errors';
import { openAdmin } from '../../../src/lib/source/admin';
import { textOfBody } from '../../../src/lib/source/body';
import type { MeshSource } from '../../../src/lib/source/source';

let server: Server;
let mesh: MeshSource | undefined;
let asked: string[];
let shown: string[];

async function serve(answer: RequestListener, idleTimeoutMs = 2000): Promise<void> {
  asked = [];
  shown = [];
  server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  mesh = openAdmin(`127.0.0.1:${port}`, {
    idleTimeoutMs,
    showRequest: (line) => {
      shown.push(line);
    },
  });
}

afterEach(async () => {
  await mesh?.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const dump = async (sections: readonly 'Listeners'[] = []) =>
  await textOfBody((await (await mesh!.open(undefined)).configDump({ sections }))!);

describe('openAdmin', () => {
  it('asks for what is wanted, when it is read', async () => {
    await serve((_request, response) => response.end('{"configs":[]}'));
    const proxy = await mesh!.open(undefined);
    const body = await proxy.configDump({ sections: ['Listeners'] });
    expect(asked).toEqual([]);
    expect(await textOfBody(body!)).toBe('{"configs":[]}');
    await textOfBody((await proxy.clusters())!);
    await textOfBody((await proxy.serverInfo())!);
    expect(asked).toEqual([
      'GET /config_dump?mask=static_listeners,dynamic_listeners',
      'GET /clusters?format=json',
      'GET /server_info',
    ]);
    expect(shown[0]).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/config_dump\?mask=.*: 200, 14 bytes$/);
  });

  it('asks for the whole where Envoy refuses less', async () => {
    await serve((request, response) => {
      response.statusCode = request.url?.includes('mask') === true ? 400 : 200;
      response.end('{"configs":[1]}');
    });
    expect(await dump(['Listeners'])).toBe('{"configs":[1]}');
    expect(asked).toEqual(['GET /config_dump?mask=static_listeners,dynamic_listeners', 'GET /config_dump']);
  });

  it('posts, at once', async () => {
    await serve((_request, response) => response.end('active loggers:'));
    const proxy = await mesh!.open(undefined);
    const body = await proxy.admin!('POST', '/logging?level=debug');
    expect(asked).toEqual(['POST /logging?level=debug']);
    expect(await textOfBody(body)).toBe('active loggers:');
  });

  it('says what came in place of an answer', async () => {
    await serve((_request, response) => {
      response.statusCode = 404;
      response.end('invalid path. admin commands are:\n  /certs');
    });
    await expect(dump()).rejects.toThrow(/\/config_dump: 404 Not Found: invalid path\. admin commands are:$/);
    await expect(dump()).rejects.toThrow(UnavailableError);
  });

  it('refuses a web page', async () => {
    await serve((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<html>');
    });
    await expect(dump()).rejects.toThrow(InputError);
  });

  it('gives up after a time without a byte, however long the whole takes', async () => {
    await serve((request, response) => {
      response.write('{');
      if (request.url === '/server_info') return;
      let sent = 0;
      const timer = setInterval(() => {
        response.write(' ');
        if (++sent < 10) return;
        clearInterval(timer);
        response.end('}');
      }, 50);
    }, 250);
    expect(await dump()).toMatch(/^\{ {10}\}$/);
    const stalled = (await (await mesh!.open(undefined)).serverInfo())!;
    await expect(textOfBody(stalled)).rejects.toThrow('no byte came for 0.25 s');
  });

  it('reports a connection that is lost or never was', async () => {
    await serve((_request, response) => {
      response.setHeader('content-length', 100);
      response.write('{');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(dump()).rejects.toThrow(/lost after 1 bytes/);
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(dump()).rejects.toThrow(new RegExp(`cannot ask http://127.0.0.1:${port}/config_dump: .*ECONNREFUSED`));
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
  });

  it.each(['ftp://x', 'http://', 'http://a b', ''])('refuses the address %j', async (address) => {
    await serve(() => undefined);
    expect(() => openAdmin(address, { idleTimeoutMs: 0, showRequest: null })).toThrow(UsageError);
  });
});
