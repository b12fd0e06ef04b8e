/** The requests to one address, divided: walked, merged, and each class with its witness. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Watcher } from '../match/watch';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import { Cell, type ReachCondition, Spaces } from '../algebra/cell';
import type { ReachDestination } from './destinations';
import { type Exploration, explore, type ReachClass, type RequestValues } from './explore';
import { merged } from './merge';
import { type ClassOutcome, outcomeKey, outcomeOf } from './outcome';
import { Recorder } from './recorder';
import { restricted, type Where } from './where';
import { Words } from './words';

/** A proxy that can be asked what becomes of a request. */
export interface Walked {
  readonly proxy: string | null;
  readonly config: ProxyConfig;
  /** @param watch makes a watcher for each attempt; a walk that must fetch something first is begun anew */
  readonly trace: (query: TraceQuery, watch?: () => Watcher) => Promise<Trace>;
}

/** Where requests go, and how far they are followed. */
export interface ReachWay {
  readonly destination: ReachDestination;
  /** Whether clients name the host alone, as the ports of a gateway are behind those of its Service. */
  readonly isGateway: boolean;
  readonly oneHop: boolean;
}

export interface Classes extends Omit<Exploration<ClassOutcome>, 'classes'> {
  readonly classes: readonly (ReachClass<ClassOutcome> & { readonly outcome: string })[];
  /** Everything that was asked. */
  readonly asked: readonly ReachCondition[];
  /** Words of the values of a dimension that a class has. */
  readonly words: (cell: Cell, dimension: string) => readonly string[] | null;
}

/** @param most no more classes than this are made */
export async function classesAt(from: Walked, way: ReachWay, where: readonly Where[], most: number): Promise<Classes> {
  const suffix = suffixOf(way);
  const asked = new Map<string, ReachCondition>();
  for (const { about } of where) if (about.kind === 'request') asked.set(about.condition.key, about.condition);
  const spaces = new Spaces();
  const found = await explore(
    spaces,
    restricted(spaces, new Cell(spaces), where),
    async (values) => {
      let recorder = new Recorder(suffix);
      const watch = (): Watcher => {
        recorder = new Recorder(suffix);
        return recorder;
      };
      const trace = await from.trace(queryOf(values, way), watch);
      for (const condition of recorder.conditions) asked.set(condition.key, condition);
      return { conditions: recorder.conditions, unsplit: recorder.unsplit, result: outcomeOf(trace) };
    },
    most,
  );
  const conditions = [...asked.values()];
  const words = wordsBy(spaces, conditions);
  const classes = merged(
    spaces,
    found.classes.map((one) => ({ ...one, outcome: outcomeKey(one.result) })),
    (dimension, set) => words(dimension).of(set) !== null,
  );
  return {
    ...found,
    classes,
    asked: conditions,
    words: (cell, dimension) => words(dimension).of(cell.setOf(dimension)),
  };
}

/** Words of each dimension, prepared when they are first asked for. */
function wordsBy(spaces: Spaces, asked: readonly ReachCondition[]): (dimension: string) => Words {
  const known = new Map<string, Words>();
  const failed = new Set(spaces.add(asked));
  const own = asked.filter((condition) => !failed.has(condition));
  return (dimension) => {
    const found = known.get(dimension) ?? new Words(spaces, dimension, own);
    known.set(dimension, found);
    return found;
  };
}

/** The port behind the host in an authority, as clients write it. */
function suffixOf({ destination: { address }, isGateway }: ReachWay): string {
  return isGateway || address.port === 80 ? '' : `:${address.port}`;
}

/** The request of a class's values. */
export function queryOf(values: RequestValues, { destination: { address }, isGateway, oneHop }: ReachWay): TraceQuery {
  const host = values.get('host') ?? '';
  const named = [...values].filter(([dimension]) => dimension.startsWith('query:'));
  const query = named.map(([dimension, value]) => `${dimension.slice('query:'.length)}=${value}`).join('&');
  const headers = [...values].flatMap(([dimension, value]) =>
    dimension.startsWith('header:') ? [[dimension.slice('header:'.length), value] as const] : [],
  );
  return {
    url: `http://${host}:${address.port}${values.get('path') ?? '/'}${query === '' ? '' : `?${query}`}`,
    method: values.get('method'),
    headers: isGateway ? [['host', host], ...headers] : headers,
    originalDst: address,
    mode: isGateway ? 'gateway' : 'outbound',
    oneHop,
  };
}
