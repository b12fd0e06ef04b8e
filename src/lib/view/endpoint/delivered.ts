/** An endpoint as EDS delivered it, beside the host that Envoy made of it. */
export interface DeliveredEndpoint {
  readonly cluster: string;
  readonly ip: string;
  readonly port: number;
  readonly status: string;
  readonly weight: number;
  readonly priority: number;
  readonly locality: string;
}
