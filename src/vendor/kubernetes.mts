/**
 * What the bundle of the cluster source has of other packages, in a file of its own (dist/kubernetes.js) that nothing but a
 * cluster loads: kubeconfig and credentials of @kubernetes/client-node, and ws.
 */
export { KubeConfig } from '@kubernetes/client-node/dist/config.js';
/** Reads YAML as client-node does. */
export { load as loadYaml } from 'js-yaml';
export { WebSocket } from 'ws';
