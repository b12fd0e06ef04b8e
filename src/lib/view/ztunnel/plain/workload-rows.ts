/** The plain table of workloads. */
import { CellTable } from '../../cell-table';
import { byBytes } from '../../order';
import { TextPool } from '../../text-pool';
import { ENTRY, type FieldPlaces, type FieldTaker } from '../../../scan/field-places';
import type { ZtunnelWorkload } from '../../../ztunnel/resources';
import { JoinedTexts, textAt } from './field-texts';
import { type PlainGathering, plainTable } from './plain-view';
import { NO_WAYPOINT, WaypointCells } from './waypoint-cells';
import { NAMED_BY } from '../waypoint-names';
import { largest } from '../../../lists';

const [NAMESPACE, NAME, ADDRESS, NODE, WAYPOINT, PROTOCOL] = [0, 1, 2, 3, 4, 5] as const;

const FIELDS = {
  namespace: true,
  name: true,
  workloadIps: true,
  hostname: true,
  node: true,
  waypoint: { destination: true },
  protocol: true,
} as const;

/** Rows as workloads pass: by the places of their fields, or parsed. */
class WorkloadRows implements FieldTaker {
  readonly fields = FIELDS;
  readonly table: CellTable;
  readonly #pool: TextPool;
  readonly #addresses: JoinedTexts;
  readonly #empty: number;
  readonly #ids = { namespace: 0, name: 0, ips: 0, hostname: 0, node: 0, waypoint: 0, destination: 0, protocol: 0 };

  constructor(header: readonly string[]) {
    this.#pool = new TextPool();
    this.table = new CellTable(this.#pool, header, 1);
    this.#addresses = new JoinedTexts(this.#pool);
    this.#empty = this.#pool.numberOfText('');
  }

  begins(idOf: (path: string) => number): void {
    const ids = this.#ids;
    for (const name of ['namespace', 'name', 'hostname', 'node', 'waypoint', 'protocol'] as const)
      ids[name] = idOf(name);
    ids.ips = idOf('workloadIps');
    ids.destination = idOf('waypoint.destination');
  }

  take({ records, bytes }: FieldPlaces): void {
    const pool = this.#pool;
    const empty = this.#empty;
    const ids = this.#ids;
    const columns = new Int32Array(records.length === 0 ? 0 : 1 + largest(Object.values(ids))).fill(-1);
    columns[ids.namespace] = NAMESPACE;
    columns[ids.name] = NAME;
    columns[ids.node] = NODE;
    columns[ids.protocol] = PROTOCOL;
    const row = new Int32Array(6).fill(empty);
    row[WAYPOINT] = NO_WAYPOINT;
    let hostname = empty;
    let address = -1;
    for (let at = 0; at < records.length; at += 3) {
      const id = records[at] ?? 0;
      const begin = records[at + 1] ?? 0;
      const end = records[at + 2] ?? 0;
      const column = columns[id] ?? -1;
      if (id === ENTRY) {
        row[ADDRESS] = address < 0 ? hostname : address;
        this.table.addRow(row);
        row.fill(empty);
        row[WAYPOINT] = NO_WAYPOINT;
        hostname = empty;
        address = -1;
      } else if (column === NAME) row[NAME] = pool.append(bytes, begin + 1, end - 1);
      else if (column >= 0) row[column] = textAt(pool, bytes, begin, end);
      else if (id === ids.ips) address = this.#addresses.numberAt(bytes, begin, end);
      else if (id === ids.hostname) hostname = textAt(pool, bytes, begin, end);
      else if (id === ids.waypoint) row[WAYPOINT] = empty;
      else if (id === ids.destination) row[WAYPOINT] = textAt(pool, bytes, begin, end);
    }
  }

  add(workload: ZtunnelWorkload | null): void {
    if (workload === null) return;
    const pool = this.#pool;
    const { namespace = '', name = '', workloadIps = [], hostname = '', node = '', waypoint, protocol = '' } = workload;
    const address = this.#addresses.numberOf(workloadIps);
    const row = this.table.add();
    this.table.set(row, NAMESPACE, pool.numberOfText(namespace));
    this.table.set(row, NAME, pool.numberOfText(name));
    this.table.set(row, ADDRESS, address < 0 ? pool.numberOfText(hostname) : address);
    this.table.set(row, NODE, pool.numberOfText(node));
    this.table.set(row, WAYPOINT, waypoint === undefined ? NO_WAYPOINT : pool.numberOfText(waypoint.destination ?? ''));
    this.table.set(row, PROTOCOL, pool.numberOfText(protocol));
  }

  /** istioctl's order: by `namespace.name` as one text, then by node. */
  get ordered(): Int32Array {
    const { table } = this;
    const pool = this.#pool;
    const compare = (a: number, b: number, column: number): number =>
      pool.compare(table.cell(a, column), table.cell(b, column));
    const namespaces = distinct(table, NAMESPACE);
    const texts = new Map(Array.from(namespaces, (number) => [number, pool.text(number)]));
    // With a dot in a namespace, what follows it counts before the next namespace does.
    if ([...texts.values()].some((text) => text.includes('.'))) {
      const idOf = (row: number): string => `${table.text(row, NAMESPACE)}.${table.text(row, NAME)}`;
      const ids = Array.from({ length: table.count }, (_one, row) => idOf(row));
      return table.ordered((a, b) => byBytes(ids[a] ?? '', ids[b] ?? '') || compare(a, b, NODE));
    }
    const ranks = new Map(
      [...texts].sort(([, a], [, b]) => byBytes(`${a}.`, `${b}.`)).map(([number], rank) => [number, rank]),
    );
    return table.ordered((a, b) => compare(a, b, NAME) || compare(a, b, NODE), {
      count: ranks.size,
      of: (row) => ranks.get(table.cell(row, NAMESPACE)) ?? 0,
    });
  }
}

/** The numbers that stand in a column. */
function distinct(table: CellTable, column: number): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (let row = 0; row < table.count; row++) numbers.add(table.cell(row, column));
  return numbers;
}

/** @param header the headings of the columns */
export function gatherWorkloads(header: readonly string[]): PlainGathering {
  const rows = new WorkloadRows(header);
  const waypoints = new WaypointCells();
  return {
    takers: {
      workloads: (workload) => {
        rows.add(workload);
      },
      services: (service) => {
        waypoints.add(service);
      },
    },
    fields: { workloads: FIELDS, services: NAMED_BY },
    places: { workloads: rows, services: waypoints.places },
    made: () => {
      waypoints.name(rows.table, WAYPOINT);
      return plainTable(rows.table, rows.ordered, 'workloads');
    },
  };
}
