// A cluster of one pod on this machine, for bin/code-cache.mjs: a view through it compiles what a view of a real one does.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3 */
const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const POD = {
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ name: 'istio-proxy' }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'istio-proxy', state: { running: {} } }] },
};

/** Calls a function with the path of a kubeconfig whose cluster has the pod web.shop, with a sample's Envoy in it. */
export async function withCluster(root, use) {
  const sample = 'sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz';
  const dump = gunzipSync(readFileSync(join(root, sample)));
  const server = createServer((_request, response) => response.end(JSON.stringify(POD)));
  server.on('upgrade', (request, socket) => forward(request, socket, dump));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const directory = mkdtempSync(join(tmpdir(), 'mctl-'));
  try {
    const kubeconfig = join(directory, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(`http://127.0.0.1:${server.address().port}`));
    await use(kubeconfig);
  } finally {
    rmSync(directory, { recursive: true });
    server.closeAllConnections();
    server.close();
  }
}

function kubeconfigOf(server) {
  return JSON.stringify({
    'current-context': 'x',
    clusters: [{ name: 'x', cluster: { server } }],
    users: [{ name: 'x', user: { token: 'x' } }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
  });
}

/** A port-forward whose other side answers every request with the dump. */
function forward({ headers }, socket, dump) {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${ACCEPT}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n`,
  );
  // Each channel begins with the port, 15000.
  for (const channel of [0, 1]) socket.write(frame(Buffer.of(channel, 0x98, 0x3a)));
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${dump.length}\r\n\r\n`;
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    const isClose = (data[0] & 15) === 8;
    if (isClose) socket.end(Buffer.of(0x88, 0));
    else socket.write(frame(Buffer.concat([Buffer.of(0), Buffer.from(answer), dump])));
  });
}

/** A message of bytes in one frame. */
function frame(bytes) {
  const head = Buffer.alloc(bytes.length < 126 ? 2 : 10);
  head[0] = 0x82;
  head[1] = bytes.length < 126 ? bytes.length : 127;
  if (bytes.length >= 126) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, bytes]);
}
