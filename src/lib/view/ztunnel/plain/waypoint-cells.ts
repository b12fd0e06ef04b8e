/** Cells that name waypoints: the names are known when all services have passed. */
import { NAMED_BY, WaypointNames } from '../waypoint-names';
import type { CellTable } from '../../cell-table';
import { valuesTaker } from './field-texts';
import type { ZtunnelService } from '../../../ztunnel/resources';
import type { FieldTaker } from '../../../scan/field-places';

/** Stands in a cell where there is no waypoint. */
export const NO_WAYPOINT = -1;

export class WaypointCells {
  readonly #names = new WaypointNames();

  add(service: ZtunnelService | null): void {
    if (service !== null) this.#names.add(service);
  }

  /** Takes services as they stand. */
  get places(): FieldTaker {
    return valuesTaker(NAMED_BY, (service) => {
      this.add(service);
    });
  }

  /** Puts the names of waypoints in a column, where the texts are that stand in `destination`. */
  name(table: CellTable, column: number): void {
    const { pool } = table;
    const named = new Map<number, number>();
    for (let row = 0; row < table.count; row++) {
      const destination = table.cell(row, column);
      let name = named.get(destination);
      if (name === undefined) {
        const waypoint = destination === NO_WAYPOINT ? undefined : { destination: pool.text(destination) };
        name = pool.numberOfText(this.#names.nameOf(waypoint));
        named.set(destination, name);
      }
      table.set(row, column, name);
    }
  }
}
