/** Host names that a virtual host's domains take. */

/** How many domains of a virtual host are tried. */
const TRIED = 8;

/** Authorities to try, as the domains are listed; those without wildcards first. */
export function hostWitnesses(domains: readonly string[]): readonly string[] {
  const exact = domains.filter((domain) => !domain.includes('*'));
  const wild = domains.filter((domain) => domain.includes('*')).map(named);
  return [...new Set([...exact, ...wild])].slice(0, TRIED);
}

function named(domain: string): string {
  if (domain === '*') return 'any.example';
  return domain.startsWith('*') ? `any${domain.slice(1)}` : domain.replace('*', 'example');
}

/** A host without the port behind it; of an IPv6 literal, without brackets. */
export function bareHost(authority: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(authority)?.[1];
  return bracketed ?? authority.replace(/:\d+$/, '');
}
