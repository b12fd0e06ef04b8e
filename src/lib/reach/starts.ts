/** Disjoint sets of requests to begin with: what does not matter of a client is every value there is. */
import type { Cell, ReachCondition, Spaces } from '../algebra/cell';
import { TOKEN } from '../algebra/claims';
import { offersCondition, TLS, TLS_MODES, WITHOUT } from '../algebra/client';
import type { Open } from './explore';
import { givenTls, type ReachWay } from './query';
import type { Where } from './where';

/** What sidecars offer, by which a caller with a certificate is one of the mesh. */
const OFFERED_BY_SIDECARS = offersCondition(['istio-http/1.1,istio,http/1.1']);

/** Conditions that are asked by the question itself, and not by configuration. */
export function givenConditions(way: ReachWay, where: readonly Where[]): readonly ReachCondition[] {
  const asked = where.flatMap(({ about }) =>
    about.kind === 'request' ? [about.condition, ...(about.also ?? [])] : [],
  );
  return [...asked, ...(speaksTls(way) ? TLS_MODES.map((mode) => TLS[mode]) : [])];
}

/** @param whole the requests that meet the conditions of `where` */
export function startsOf(spaces: Spaces, whole: Cell, way: ReachWay, where: readonly Where[]): readonly Open[] {
  spaces.add([TOKEN, OFFERED_BY_SIDECARS, ...givenConditions(way, where)]);
  const isAbout = (kind: string): boolean =>
    where.some(({ about }) => about.kind === 'request' && about.condition.dimension.startsWith(kind));
  const byToken = isAbout('claim:') ? tokenStarts(spaces, whole) : [whole];
  return byToken.flatMap((cell) => (speaksTls(way) ? tlsStarts(spaces, cell, way) : [{ cell, holding: [] }]));
}

/** Whether TLS tells requests apart: applications and what tunnels carry are spoken of as plain text. */
function speaksTls({ mode }: ReachWay): boolean {
  return mode === 'gateway' || mode === 'inbound';
}

/** Claims do not matter where there is no token. */
function tokenStarts(spaces: Spaces, whole: Cell): readonly Cell[] {
  const token = spaces.setOf(TOKEN);
  const without = whole.cut('token', token.opposite());
  const claims = whole.dimensions.filter((dimension) => dimension.startsWith('claim:'));
  return [whole.cut('token', token), freed(spaces, without, claims)];
}

function tlsStarts(spaces: Spaces, whole: Cell, way: ReachWay): readonly Open[] {
  const given = givenTls(way.fixed);
  const modes = given === undefined ? TLS_MODES : [given];
  return modes.map((mode) => {
    const cell = whole.cut('tls', spaces.setOf(TLS[mode]));
    const holding = mode === 'mtls' ? [OFFERED_BY_SIDECARS, TLS[mode]] : [TLS[mode]];
    return { cell: freed(spaces, cell, WITHOUT[mode]), holding };
  });
}

/** The cell with every value of these dimensions, unless it is empty. */
function freed(spaces: Spaces, cell: Cell, dimensions: readonly string[]): Cell {
  if (cell.isEmpty()) return cell;
  return dimensions
    .filter((dimension) => cell.dimensions.includes(dimension))
    .reduce((now, dimension) => now.with(dimension, spaces.of(dimension).all), cell);
}
