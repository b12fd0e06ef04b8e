/** The plain table of services. */
import { CellTable } from '../../cell-table';
import { grown, TextPool } from '../../text-pool';
import { ENTRY, type FieldPlaces, type FieldTaker, takenByAll } from '../../../scan/field-places';
import type { ZtunnelService, ZtunnelWorkload } from '../../../ztunnel/resources';
import { addressPart } from '../text';
import { NAMED_BY } from '../waypoint-names';
import { JoinedTexts, textAt, valueAt } from './field-texts';
import { type PlainGathering, plainTable } from './plain-view';
import { NO_WAYPOINT, WaypointCells } from './waypoint-cells';

const [NAMESPACE, NAME, VIP, WAYPOINT, ENDPOINTS] = [0, 1, 2, 3, 4] as const;
const SLASH = 0x2f;

/** Which workloads are healthy, by the numbers of their uids: the last of equal ones counts. */
class Health implements FieldTaker {
  readonly fields = { uid: true, status: true } as const;
  readonly uids = new TextPool();
  #healthy = new Int32Array(1 << 10);
  #uid = 0;
  #status = 0;

  begins(idOf: (path: string) => number): void {
    this.#uid = idOf('uid');
    this.#status = idOf('status');
  }

  take({ records, bytes }: FieldPlaces): void {
    let uid = -1;
    let isHealthy = false;
    for (let at = 0; at < records.length; at += 3) {
      const id = records[at] ?? 0;
      const begin = records[at + 1] ?? 0;
      const end = records[at + 2] ?? 0;
      if (id === ENTRY) {
        this.#set(uid < 0 ? this.uids.numberOfText('') : uid, isHealthy);
        uid = -1;
        isHealthy = false;
      } else if (id === this.#uid) uid = textAt(this.uids, bytes, begin, end);
      else if (id === this.#status) isHealthy = isHealthyAt(bytes, begin, end);
    }
  }

  add(workload: ZtunnelWorkload | null): void {
    if (workload !== null) this.#set(this.uids.numberOfText(workload.uid ?? ''), workload.status === 'Healthy');
  }

  isHealthy(uid: number): boolean {
    return this.#healthy[uid] === 1;
  }

  #set(uid: number, isHealthy: boolean): void {
    this.#healthy = grown(this.#healthy, uid + 1);
    this.#healthy[uid] = isHealthy ? 1 : 0;
  }
}

const HEALTHY = Buffer.from('"Healthy"');

function isHealthyAt(bytes: Uint8Array, begin: number, end: number): boolean {
  if (end - begin !== HEALTHY.length) return false;
  for (let at = 0; at < HEALTHY.length; at++) if (bytes[begin + at] !== HEALTHY[at]) return false;
  return true;
}

/** Rows as services pass: by the places of their fields, or parsed. */
class ServiceRows implements FieldTaker {
  readonly fields = {
    namespace: true,
    name: true,
    hostname: true,
    vips: true,
    waypoint: { destination: true },
    endpoints: { workloadUid: true },
  } as const;
  readonly table: CellTable;
  readonly #pool = new TextPool();
  readonly #health: Health;
  readonly #vips: JoinedTexts;
  readonly #empty: number;
  readonly #noUid: number;
  /** Of each row the number of its host name, and where the uids of its endpoints begin among those of all. */
  #hostnames = new Int32Array(1 << 8);
  #firsts = new Int32Array(1 << 8);
  #uids = new Int32Array(1 << 10);
  #uidCount = 0;
  /** Of each name of an endpoint the last row that has it, and one more. */
  #seen = new Int32Array(1 << 10);
  readonly #ids = { namespace: 0, name: 0, hostname: 0, vips: 0, waypoint: 0, destination: 0 };
  readonly #endpointIds = { endpoints: 0, each: 0, uid: 0 };

  constructor(header: readonly string[], health: Health) {
    this.table = new CellTable(this.#pool, header, 1);
    this.#health = health;
    this.#vips = new JoinedTexts(this.#pool, addressPart, behindSlash);
    this.#empty = this.#pool.numberOfText('');
    this.#noUid = health.uids.numberOfText('');
  }

  begins(idOf: (path: string) => number): void {
    const ids = this.#ids;
    for (const name of ['namespace', 'name', 'hostname', 'vips', 'waypoint'] as const) ids[name] = idOf(name);
    ids.destination = idOf('waypoint.destination');
    const endpoints = this.#endpointIds;
    endpoints.endpoints = idOf('endpoints');
    endpoints.each = idOf('endpoints.*');
    endpoints.uid = idOf('endpoints.*.workloadUid');
  }

  take({ records, bytes }: FieldPlaces): void {
    const row = new Int32Array(5);
    const ids = this.#ids;
    let first = this.#uidCount;
    let isTwice = false;
    let hostname = this.#empty;
    const begins = (): void => {
      row.fill(this.#empty);
      row[WAYPOINT] = NO_WAYPOINT;
      hostname = this.#empty;
      first = this.#uidCount;
      isTwice = false;
    };
    begins();
    for (let at = 0; at < records.length; at += 3) {
      const id = records[at] ?? 0;
      const begin = records[at + 1] ?? 0;
      const end = records[at + 2] ?? 0;
      if (id === ENTRY) {
        if (isTwice) {
          this.#uidCount = first;
          this.add(valueAt(bytes, begin, end) as ZtunnelService);
        } else this.#ends(this.table.addRow(row), hostname, first);
        begins();
      } else if (id === ids.namespace) row[NAMESPACE] = textAt(this.#pool, bytes, begin, end);
      else if (id === ids.name) row[NAME] = textAt(this.#pool, bytes, begin, end);
      else if (id === ids.hostname) hostname = textAt(this.#pool, bytes, begin, end);
      else if (id === ids.vips) row[VIP] = this.#vipAt(bytes, begin, end);
      else if (id === ids.waypoint) row[WAYPOINT] = this.#empty;
      else if (id === ids.destination) row[WAYPOINT] = textAt(this.#pool, bytes, begin, end);
      else if (this.#endpoint(id, bytes, begin, end)) isTwice = true;
    }
  }

  /** Takes what is told of endpoints; whether the service has one of them, or all, twice: the last counts. */
  #endpoint(id: number, bytes: Uint8Array, begin: number, end: number): boolean {
    const ids = this.#endpointIds;
    const mark = this.table.count + 1;
    if (id === ids.uid) this.#uids[this.#uidCount - 1] = textAt(this.#health.uids, bytes, begin, end);
    else if (id === ids.each) {
      this.#uids = grown(this.#uids, this.#uidCount + 1);
      this.#uids[this.#uidCount++] = this.#noUid;
      return this.#isSeen(textAt(this.#health.uids, bytes, begin, end) + 1, mark);
    } else if (id === ids.endpoints) return this.#isSeen(0, mark);
    return false;
  }

  #isSeen(place: number, mark: number): boolean {
    this.#seen = grown(this.#seen, place + 1);
    const isSeen = this.#seen[place] === mark;
    this.#seen[place] = mark;
    return isSeen;
  }

  #vipAt(bytes: Buffer, begin: number, end: number): number {
    const number = this.#vips.numberAt(bytes, begin, end);
    return number < 0 ? this.#empty : number;
  }

  add(service: ZtunnelService | null): void {
    if (service === null) return;
    const pool = this.#pool;
    const { namespace = '', name = '', hostname = '', vips = [], waypoint, endpoints = {} } = service;
    const first = this.#uidCount;
    for (const endpoint of Object.values(endpoints)) {
      this.#uids = grown(this.#uids, this.#uidCount + 1);
      this.#uids[this.#uidCount++] = this.#health.uids.numberOfText(endpoint?.workloadUid ?? '');
    }
    const vip = this.#vips.numberOf(vips);
    const row = Int32Array.of(
      pool.numberOfText(namespace),
      pool.numberOfText(name),
      vip < 0 ? this.#empty : vip,
      waypoint === undefined ? NO_WAYPOINT : pool.numberOfText(waypoint.destination ?? ''),
      this.#empty,
    );
    this.#ends(this.table.addRow(row), pool.numberOfText(hostname), first);
  }

  #ends(row: number, hostname: number, first: number): void {
    this.#hostnames = grown(this.#hostnames, row + 1);
    this.#firsts = grown(this.#firsts, row + 2);
    this.#hostnames[row] = hostname;
    this.#firsts[row] = first;
    this.#firsts[row + 1] = this.#uidCount;
  }

  /** istioctl reads the workload's health, not the endpoint's. */
  countEndpoints(): void {
    for (let row = 0; row < this.table.count; row++) {
      const [begin, end] = [this.#firsts[row] ?? 0, this.#firsts[row + 1] ?? 0];
      let healthy = 0;
      for (let at = begin; at < end; at++) if (this.#health.isHealthy(this.#uids[at] ?? 0)) healthy++;
      this.table.set(row, ENDPOINTS, this.#pool.numberOfText(`${healthy}/${end - begin}`));
    }
  }

  get ordered(): Int32Array {
    const { table } = this;
    const pool = this.#pool;
    const compare = (a: number, b: number, column: number): number =>
      pool.compare(table.cell(a, column), table.cell(b, column));
    return table.ordered(
      (a, b) =>
        compare(a, b, NAMESPACE) ||
        compare(a, b, NAME) ||
        pool.compare(this.#hostnames[a] ?? 0, this.#hostnames[b] ?? 0),
    );
  }
}

/** What is behind the first slash; nothing where there is none. */
function behindSlash(bytes: Uint8Array, begin: number, end: number): number {
  for (let at = begin; at < end; at++) if (bytes[at] === SLASH) return at + 1;
  return end;
}

/** @param header the headings of the columns */
export function gatherServices(header: readonly string[]): PlainGathering {
  const health = new Health();
  const rows = new ServiceRows(header, health);
  const waypoints = new WaypointCells();
  const { places } = waypoints;
  return {
    takers: {
      workloads: (workload) => {
        health.add(workload);
      },
      services: (service) => {
        rows.add(service);
        waypoints.add(service);
      },
    },
    fields: {
      workloads: health.fields,
      services: { ...NAMED_BY, waypoint: true, endpoints: { workloadUid: true } },
    },
    places: { workloads: health, services: takenByAll([rows, places]) },
    made: () => {
      waypoints.name(rows.table, WAYPOINT);
      rows.countEndpoints();
      return plainTable(rows.table, rows.ordered, 'services');
    },
  };
}
