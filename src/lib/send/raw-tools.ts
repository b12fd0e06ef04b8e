/**
 * Interpreters that can open a connection: each is given a program that never changes, and reads one line of standard input
 * that says what to send. No word of the request is part of a program.
 */
import { rawRequest } from './raw-text';
import type { RequestToSend } from './request';
import type { Command, Tool } from './tool';

/** The status with which the programs say that no connection came about. */
const NO_CONNECTION = 7;

const PYTHON = `import json,socket,ssl,sys
q=json.loads(sys.stdin.readline())
try:
    s=socket.create_connection((q["host"],q["port"]),q["timeout"])
except socket.gaierror as e:
    sys.stderr.write(str(e)+"\\n");sys.exit(6)
if q["tls"] is not None:
    c=ssl.create_default_context();c.check_hostname=False;c.verify_mode=ssl.CERT_NONE
    if q["tls"]["alpn"]: c.set_alpn_protocols(q["tls"]["alpn"])
    s=c.wrap_socket(s,server_hostname=q["tls"]["sni"])
s.sendall(q["text"].encode("latin-1"))
b=b""
while b"\\r\\n\\r\\n" not in b and len(b)<65536:
    d=s.recv(4096)
    if not d: break
    b+=d
sys.stdout.write(b.split(b"\\r\\n\\r\\n")[0].decode("latin-1")+"\\r\\n\\r\\n")`;

const NODE = `let t="";process.stdin.on("data",d=>{t+=d;const e=t.indexOf("\\n");if(e<0)return;process.stdin.destroy();
const q=JSON.parse(t.slice(0,e));const o={host:q.host,port:q.port};
const s=q.tls?require("tls").connect({...o,servername:q.tls.sni||"",ALPNProtocols:q.tls.alpn,rejectUnauthorized:false}):require("net").connect(o);
let b="";const end=()=>{process.stdout.write(b.split("\\r\\n\\r\\n")[0]+"\\r\\n\\r\\n",()=>process.exit(0))};
s.setTimeout(q.timeout*1000,()=>{console.error("timed out");process.exit(${NO_CONNECTION})});
s.on(q.tls?"secureConnect":"connect",()=>s.write(Buffer.from(q.text,"latin1")));
s.on("data",d=>{b+=d.toString("latin1");if(b.includes("\\r\\n\\r\\n"))end()});s.on("end",end);
s.on("error",e=>{console.error(e.message);process.exit(e.code==="ENOTFOUND"||e.code==="EAI_AGAIN"?6:${NO_CONNECTION})})})`;

/** Octets come as `\0NNN`, which printf's %b turns back. */
const BASH = `IFS= read -r text || exit 2
exec 3<>"/dev/tcp/$1/$2" || exit ${NO_CONNECTION}
printf '%b' "$text" >&3
while IFS= read -r -t "$3" line <&3; do printf '%s\\n' "$line"; [ "$line" = $'\\r' ] && break; done
exit 0`;

const UNSENT = new Set([2, 6]);

export const PYTHON_TOOL: Tool = {
  name: 'python3',
  unsent: UNSENT,
  command: (request) => asJson(['python3', '-c', PYTHON], request),
};

export const NODE_TOOL: Tool = {
  name: 'node',
  unsent: UNSENT,
  command: (request) => asJson(['node', '-e', NODE], request),
};

export const BASH_TOOL: Tool = {
  name: 'bash',
  unsent: new Set([2]),
  command: (request) => {
    if (request.version === '2' || request.tls !== null) return null;
    const { host, port } = request.connectTo ?? request;
    const seconds = String(Math.ceil(request.timeoutMs / 1000));
    return {
      words: ['bash', '-c', BASH, 'bash', host, String(port), seconds],
      input: `${octal(rawRequest(request))}\n`,
      readsToEnd: false,
    };
  },
};

function asJson(words: readonly string[], request: RequestToSend): Command | null {
  if (request.version === '2' || request.tls?.alpn.includes('h2') === true) return null;
  const { host, port } = request.connectTo ?? request;
  const question = {
    host,
    port,
    timeout: Math.ceil(request.timeoutMs / 1000),
    tls: request.tls,
    text: rawRequest(request),
  };
  return { words, input: `${JSON.stringify(question)}\n`, readsToEnd: false };
}

function octal(text: string): string {
  return text.replace(/[^A-Za-z0-9 /.,:;=_-]/g, (octet) => `\\0${octet.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
