/** The cluster's client library, loaded when a cluster is asked for and never before. */
import type * as Vendor from '../../../vendor/kubernetes.mjs' with { 'resolution-mode': 'import' };

export type Client = typeof Vendor;
export type KubeConfig = Vendor.KubeConfig;
export type WebSocket = Vendor.WebSocket;

export async function loadClient(): Promise<Client> {
  return await import('../../../vendor/kubernetes.mjs');
}
