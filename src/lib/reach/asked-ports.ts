/** The destinations whose ports are asked about: of the ports that no listener names one stands for all, unless conditions name one. */
import { ANY_OTHER_PORT, type ReachDestination, UNNAMED } from './destinations';
import { takesPort, type Where } from './where';

/** Those of the destinations to which requests are asked about, the port of all other ones replaced by one that is. */
export function askedDestinations(
  destinations: readonly ReachDestination[],
  wheres: readonly Where[],
): readonly ReachDestination[] {
  const listed = new Set(destinations.flatMap(({ address, port }) => (port === ANY_OTHER_PORT ? [] : [address.port])));
  const [named] = wheres.flatMap(namedPort);
  return destinations.flatMap((one): readonly ReachDestination[] => {
    const { address, port } = one;
    if (port !== ANY_OTHER_PORT) return takesPort(wheres, address.port) ? [one] : [];
    const candidates = named === undefined ? [address.port, ...UNNAMED] : [named];
    const own = candidates.find((candidate) => !listed.has(candidate) && takesPort(wheres, candidate));
    if (own === undefined) return [];
    return [{ ...one, address: { ...address, port: own }, port: named === undefined ? port : String(own) }];
  });
}

function namedPort({ about, isNot, port }: Where): readonly number[] {
  if (isNot) return [];
  return [...(about.kind === 'port' ? [about.port] : []), ...(port === null ? [] : [port])];
}
