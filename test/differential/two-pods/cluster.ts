/** A mesh of pods behind the tests' API server: exec runs in a pod's network, and its log is what Envoy prints and logs. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, Result } from '../../helpers/kube-api/backend';
import { KubeApi } from '../../helpers/kube-api/kube-api';
import { istioLog } from '../rig/access-log';
import type { Mesh } from './mesh';
import type { Pod } from './pod';
import { podObject, services, withoutServiceProxy } from './snapshot';

const NAMESPACE = 'bookinfo';

export async function clusterOf(mesh: Mesh): Promise<KubeApi> {
  const api = await KubeApi.start();
  api.addNamespace(NAMESPACE);
  for (const pod of mesh.pods) {
    const object = podObject(pod.plan) as { readonly spec: object };
    const initContainers = pod.envoy === null ? [] : [{ name: 'istio-init' }];
    api.add('/api/v1', 'pods', { ...object, spec: { ...object.spec, initContainers } });
    api.setBackend({ name: pod.plan.name, namespace: NAMESPACE }, backendOf(pod));
  }
  for (const service of services(mesh.plan)) api.add('/api/v1', 'services', service);
  return api;
}

function backendOf(pod: Pod): Backend {
  if (pod.envoy === null) return { port: null };
  const { envoy, accessLog, network } = pod;
  const access = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    port: join(envoy.directory, 'admin.sock'),
    run: async (words, _container, input) => await run(network.inside(words), input),
    logs: {
      'istio-proxy': () => `${envoy.output}\n${access(accessLog)}\n${access(istioLog(accessLog))}`,
      'istio-init': () => withoutServiceProxy(network.run(['iptables-save', '-t', 'nat'])),
    },
  };
}

async function run(words: readonly string[], input: string | null): Promise<Result | null> {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString('latin1')));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString('latin1')));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  return await new Promise((resolve) => {
    child.once('error', () => {
      resolve(null);
    });
    child.once('close', (exitCode) => {
      // nsenter's own words for a program that is not there.
      const isMissing = exitCode === 127 || stderr.includes('failed to execute');
      resolve(isMissing ? null : { stdout, stderr, exitCode: exitCode ?? 1 });
    });
  });
}
