/** The plain table of connections. */
import { CellTable } from '../../cell-table';
import { grown, TextPool } from '../../text-pool';
import { ENTRY, type FieldPlaces, type FieldTaker } from '../../../scan/field-places';
import type { ZtunnelConnection, WorkloadState } from '../../../ztunnel/resources';
import { PooledAddressNames } from './address-names';
import { textAt } from './field-texts';
import { type PlainGathering, plainTable } from './plain-view';

const [, DIRECTION, LOCAL, REMOTE, TARGET, PROTOCOL] = [0, 1, 2, 3, 4, 5] as const;

const EACH = { src: true, originalDst: true, actualDst: true, protocol: true } as const;
const FIELDS = { info: { name: true, namespace: true }, connections: { inbound: EACH, outbound: EACH } } as const;

/** Of a connection the numbers of its source, original and actual destination, and protocol. */
const [SOURCE, ORIGINAL, ACTUAL, BY] = [0, 1, 2, 3] as const;
const SIZE = 4;

/** Connections of one direction, one behind the other. */
class Directed {
  cells = new Int32Array(1 << 8);
  count = 0;

  /** Adds one of empty texts. */
  add(empty: number): void {
    this.cells = grown(this.cells, SIZE * (this.count + 1));
    this.cells.fill(empty, SIZE * this.count, SIZE * (this.count + 1));
    this.count++;
  }

  /** Sets a cell of the last. */
  set(cell: number, number: number): void {
    this.cells[SIZE * (this.count - 1) + cell] = number;
  }

  cell(index: number, cell: number): number {
    return this.cells[SIZE * index + cell] ?? 0;
  }
}

/** What is done where a field is told of. */
type Telling = (bytes: Uint8Array, begin: number, end: number) => void;

/** Rows as states of workloads pass: by the places of their fields, or parsed. */
class ConnectionRows implements FieldTaker {
  readonly fields = FIELDS;
  readonly table: CellTable;
  /** How many states there are, with a connection or without. */
  entries = 0;
  readonly #pool = new TextPool();
  readonly #empty = this.#pool.numberOfText('');
  readonly #inbound = new Directed();
  readonly #outbound = new Directed();
  readonly #words = { inbound: this.#pool.numberOfText('Inbound'), outbound: this.#pool.numberOfText('Outbound') };
  /** Names and namespaces of workloads, and of each row the numbers of both. */
  readonly #infos = new TextPool();
  readonly #nobody = this.#infos.numberOfText('');
  #names = new Int32Array(1 << 10);
  #namespaces = new Int32Array(1 << 10);
  #name = this.#nobody;
  #namespace = this.#nobody;
  readonly #tellings: Telling[] = [];

  constructor(header: readonly string[]) {
    this.table = new CellTable(this.#pool, header, 1);
  }

  begins(idOf: (path: string) => number): void {
    const on = (path: string, telling: Telling): void => {
      this.#tellings[idOf(path)] = telling;
    };
    on('info', () => {
      this.#name = this.#namespace = this.#nobody;
    });
    on('info.name', (bytes, begin, end) => {
      this.#name = textAt(this.#infos, bytes, begin, end);
    });
    on('info.namespace', (bytes, begin, end) => {
      this.#namespace = textAt(this.#infos, bytes, begin, end);
    });
    on('connections', () => {
      this.#inbound.count = this.#outbound.count = 0;
    });
    for (const [name, directed] of [
      ['inbound', this.#inbound],
      ['outbound', this.#outbound],
    ] as const) {
      const path = `connections.${name}`;
      on(path, () => {
        directed.count = 0;
      });
      on(`${path}.*`, () => {
        directed.add(this.#empty);
      });
      for (const [field, cell] of [
        ['src', SOURCE],
        ['originalDst', ORIGINAL],
        ['actualDst', ACTUAL],
        ['protocol', BY],
      ] as const) {
        on(`${path}.*.${field}`, (bytes, begin, end) => {
          directed.set(cell, textAt(this.#pool, bytes, begin, end));
        });
      }
    }
  }

  take({ records, bytes }: FieldPlaces): void {
    const tellings = this.#tellings;
    this.#reset();
    for (let at = 0; at < records.length; at += 3) {
      const id = records[at] ?? 0;
      if (id === ENTRY) this.#ends();
      else tellings[id]?.(bytes, records[at + 1] ?? 0, records[at + 2] ?? 0);
    }
  }

  add(state: WorkloadState | null): void {
    this.#reset();
    const { info, connections } = state ?? {};
    this.#name = this.#infos.numberOfText(info?.name ?? '');
    this.#namespace = this.#infos.numberOfText(info?.namespace ?? '');
    for (const one of connections?.inbound ?? []) this.#addTo(this.#inbound, one ?? {});
    for (const one of connections?.outbound ?? []) this.#addTo(this.#outbound, one ?? {});
    this.#ends();
  }

  #addTo(directed: Directed, { src = '', originalDst = '', actualDst = '', protocol = '' }: ZtunnelConnection): void {
    directed.add(this.#empty);
    directed.set(SOURCE, this.#pool.numberOfText(src));
    directed.set(ORIGINAL, this.#pool.numberOfText(originalDst));
    directed.set(ACTUAL, this.#pool.numberOfText(actualDst));
    directed.set(BY, this.#pool.numberOfText(protocol));
  }

  #reset(): void {
    this.#inbound.count = this.#outbound.count = 0;
    this.#name = this.#namespace = this.#nobody;
  }

  /** Makes rows of what was told of a state: those of connections that come in first. */
  #ends(): void {
    const { table } = this;
    this.entries++;
    const count = table.count + this.#inbound.count + this.#outbound.count;
    if (count > table.count) {
      this.#names = grown(this.#names, count).fill(this.#name, table.count, count);
      this.#namespaces = grown(this.#namespaces, count).fill(this.#namespace, table.count, count);
      const workload = this.#pool.joined(this.#infos, [this.#name, this.#namespace]);
      this.#rows(this.#inbound, Int32Array.of(workload, this.#words.inbound, 0, 0, 0, 0), [ACTUAL, SOURCE]);
      this.#rows(this.#outbound, Int32Array.of(workload, this.#words.outbound, 0, 0, 0, 0), [SOURCE, ACTUAL]);
    }
    this.#reset();
  }

  #rows(directed: Directed, row: Int32Array, [local, remote]: readonly [local: number, remote: number]): void {
    for (let index = 0; index < directed.count; index++) {
      row[LOCAL] = directed.cell(index, local);
      row[REMOTE] = directed.cell(index, remote);
      row[TARGET] = directed.cell(index, ORIGINAL);
      row[PROTOCOL] = directed.cell(index, BY);
      this.table.addRow(row);
    }
  }

  /** Puts names in place of addresses: of what a connection that comes in was for as it is. */
  name(names: PooledAddressNames): void {
    const { table } = this;
    // Of each text the number of the named one, and one more.
    let known = new Int32Array(this.#pool.count);
    const named = (row: number, column: number): void => {
      const number = table.cell(row, column);
      known = grown(known, number + 1);
      if (known[number] === 0) known[number] = names.named(this.#pool, number) + 1;
      table.set(row, column, (known[number] ?? 0) - 1);
    };
    for (let row = 0; row < table.count; row++) {
      named(row, LOCAL);
      named(row, REMOTE);
      if (table.cell(row, DIRECTION) === this.#words.outbound) named(row, TARGET);
    }
  }

  get ordered(): Int32Array {
    const infos = this.#infos;
    const [names, namespaces] = [this.#names, this.#namespaces];
    return this.table.ordered(
      (a, b) => infos.compare(namespaces[a] ?? 0, namespaces[b] ?? 0) || infos.compare(names[a] ?? 0, names[b] ?? 0),
    );
  }
}

/** @param header the headings of the columns */
export function gatherConnections(header: readonly string[]): PlainGathering {
  const rows = new ConnectionRows(header);
  const names = new PooledAddressNames();
  return {
    takers: {
      workloadState: (state) => {
        rows.add(state);
      },
      workloads: (workload) => {
        names.addWorkload(workload);
      },
      services: (service) => {
        names.addService(service);
      },
    },
    fields: {
      services: { hostname: true, vips: true },
      workloads: { name: true, namespace: true, workloadIps: true },
      workloadState: { info: { name: true, namespace: true }, connections: true },
    },
    places: { workloadState: rows, workloads: names, services: names.services },
    made: () => {
      rows.name(names);
      return plainTable(rows.table, rows.ordered, 'workloads with a state', rows.entries);
    },
  };
}
