import { generateKeyPairSync } from 'node:crypto';
import { rewriteJson } from '../../../src/lib/capture/json-rewriter';
import { SecretsVisitor } from '../../../src/lib/capture/secrets';
import { trimmedList } from '../../../src/lib/capture/kubernetes-trim';
import { chunksOf } from '../../helpers/pieces';

async function without(value: unknown): Promise<any> {
  const parts: Uint8Array[] = [];
  const chunks = chunksOf(Buffer.from(JSON.stringify(value)), 11);
  for await (const part of rewriteJson('d', chunks, new SecretsVisitor())) parts.push(Uint8Array.from(part));
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

const pem = generateKeyPairSync('rsa', { modulusLength: 512 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('secrets', () => {
  it('are not written, under either spelling, and as Envoy would have it', async () => {
    const bytes = Buffer.from(pem).toString('base64');
    expect(
      await without({
        a: { private_key: { inline_bytes: bytes }, certificate_chain: { inline_bytes: 'AAAA' } },
        b: { privateKey: { inlineString: pem }, password: { filename: '/etc/pass' } },
        c: { session_ticket_keys: { keys: [{ inline_string: 's1' }, { inline_bytes: 'czI=' }] }, after: 'stays' },
        d: { generic_secret: { secret: { environment_variable: 'TOKEN' } }, hmac_secret: 'x' },
        e: [{ password: 'p' }, 'stays'],
      }),
    ).toEqual({
      a: { private_key: { inline_bytes: 'W3JlZGFjdGVkXQ==' }, certificate_chain: { inline_bytes: 'AAAA' } },
      b: { privateKey: { inlineString: '[redacted]' }, password: { filename: '/etc/pass' } },
      c: {
        session_ticket_keys: { keys: [{ inline_string: '[redacted]' }, { inline_bytes: 'W3JlZGFjdGVkXQ==' }] },
        after: 'stays',
      },
      d: { generic_secret: { secret: { environment_variable: 'TOKEN' } }, hmac_secret: '[redacted]' },
      e: [{ password: '[redacted]' }, 'stays'],
    });
  });

  it('are found by what they are, wherever they stand', async () => {
    const found = await without({ odd: pem, list: [Buffer.from(pem).toString('base64')], cert: 'x'.repeat(100) });
    expect(found).toEqual({ odd: '[redacted]', list: ['[redacted]'], cert: 'x'.repeat(100) });
  });
});

describe('Kubernetes objects', () => {
  it('are cut to what resolves names', () => {
    const pod = {
      kind: 'Pod',
      metadata: {
        name: 'a',
        namespace: 'b',
        labels: { app: 'a' },
        managedFields: [{}],
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': 'SECRET',
          'sidecar.istio.io/inject': 'true',
        },
      },
      spec: {
        nodeName: 'n',
        serviceAccountName: 's',
        containers: [
          {
            name: 'c',
            image: 'i',
            env: [{ name: 'PASSWORD', value: 'SECRET' }],
            args: ['SECRET'],
            volumeMounts: [{}],
            ports: [{ containerPort: 1 }],
          },
        ],
        volumes: [{ secret: { secretName: 'SECRET' } }],
      },
      status: {
        phase: 'Running',
        podIP: '10.0.0.1',
        podIPs: [{ ip: '10.0.0.1' }],
        message: 'SECRET',
        containerStatuses: [{ name: 'c', ready: true, containerID: 'x' }],
      },
    };
    const list = trimmedList('pods', [pod]);
    expect(JSON.stringify(list)).not.toMatch(/SECRET|managedFields|PASSWORD|containerID/);
    expect(list).toEqual({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          kind: 'Pod',
          metadata: {
            name: 'a',
            namespace: 'b',
            labels: { app: 'a' },
            annotations: { 'sidecar.istio.io/inject': 'true' },
          },
          spec: {
            nodeName: 'n',
            serviceAccountName: 's',
            containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 1 }] }],
          },
          status: {
            phase: 'Running',
            podIP: '10.0.0.1',
            podIPs: [{ ip: '10.0.0.1' }],
            containerStatuses: [{ name: 'c', ready: true }],
          },
        },
      ],
    });
  });

  it('keep the arguments that say what is captured, and no others', () => {
    const rules = { name: 'istio-init', args: ['istio-iptables', '-p', '15001'], env: [{ name: 'SECRET' }] };
    const own = { name: 'migrate', command: ['sh'], args: ['--password', 'SECRET'] };
    const list = trimmedList('pods', [{ metadata: { name: 'a' }, spec: { initContainers: [rules, own] } }]);
    expect(list).toMatchObject({
      items: [
        {
          spec: {
            initContainers: [{ name: 'istio-init', args: ['istio-iptables', '-p', '15001'] }, { name: 'migrate' }],
          },
        },
      ],
    });
    expect(JSON.stringify(list)).not.toContain('SECRET');
  });

  it('of nodes keep the labels of their place', () => {
    const node = {
      metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z', secret: 'x' } },
      status: { nodeInfo: {} },
    };
    expect(trimmedList('nodes', [node])).toMatchObject({
      items: [{ metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z' } }, status: {} }],
    });
  });
});
