/**
 * Whether the two sides of a handshake take each other's certificates, as far as the dumps hold them.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/security/ssl#certificate-verification
 */
import type { Certificate } from '../../envoy/certificate';
import { distrustOf } from '../../envoy/chain';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { isUnknown } from '../../match/ternary';
import { describeName, hasWantedName } from '../certificate-names';
import type { TlsClient } from '../connection';
import type { TlsCause } from '../facts/upstream';
import { ownCertificate, rootsIn } from '../own-certificate';

/** The secrets of the server's side, by their names; null where it has none. */
export interface ServerSecrets {
  readonly certificate: string | null;
  readonly roots: string | null;
}

/** Why one of them refuses the other, the client first as in a handshake; null where neither does. */
export function mutualDistrust(
  config: ProxyConfig,
  server: ServerSecrets,
  client: TlsClient,
  now: Date | null,
): TlsCause | null {
  return clientRefuses(config, server, client, now) ?? serverRefuses(config, server, client, now);
}

function clientRefuses(
  config: ProxyConfig,
  server: ServerSecrets,
  { expectedSans = [], roots = [] }: TlsClient,
  now: Date | null,
): TlsCause | null {
  const own = ownCertificate(config, server.certificate);
  const { uriSans, dnsSans, chain = [] } = own;
  const why = chainRefused(chain, roots, now);
  if (why !== null) return { kind: 'distrust', who: 'client', why };
  if (expectedSans.length === 0 || isUnknown(uriSans)) return null;
  const holds = hasWantedName(own, expectedSans);
  if (isUnknown(holds) || holds) return null;
  return {
    kind: 'server-certificate-name',
    names: [...uriSans, ...dnsSans],
    wanted: expectedSans.map((name) => describeName(name)),
  };
}

function serverRefuses(
  config: ProxyConfig,
  server: ServerSecrets,
  { certificate }: TlsClient,
  now: Date | null,
): TlsCause | null {
  const why = chainRefused(certificate?.chain ?? [], rootsIn(config, server.roots), now);
  return why === null ? null : { kind: 'distrust', who: 'server', why };
}

/** Where a side's certificates or roots are not known there is nothing to refuse. */
function chainRefused(chain: readonly Certificate[], roots: readonly Certificate[], now: Date | null): string | null {
  if (chain.length === 0 || roots.length === 0) return null;
  return distrustOf(chain, roots, now ?? withinValidity([...chain, ...roots]));
}

/** A time at which all of them have begun to be valid. */
function withinValidity(certificates: readonly Certificate[]): Date {
  return new Date(
    certificates.reduce((last, { notBefore }) => Math.max(last, notBefore.getTime()), Number.NEGATIVE_INFINITY) + 1000,
  );
}
