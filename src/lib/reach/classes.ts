/** The requests to one address, divided: walked, merged, and each class with its witness. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Watcher } from '../match/watch';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import { Cell, type ReachCondition } from './cell';
import type { ReachDestination } from './destinations';
import { type Exploration, explore, type ReachClass, type RequestValues } from './explore';
import { merged } from './merge';
import { type ClassOutcome, outcomeKey, outcomeOf } from './outcome';
import { Recorder } from './recorder';
import { restricted, type Where } from './where';
import { wordsOf } from './words';

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
  /** Everything that was asked, for words. */
  readonly asked: readonly ReachCondition[];
}

/** @param most no more classes than this are made */
export async function classesAt(from: Walked, way: ReachWay, where: readonly Where[], most: number): Promise<Classes> {
  const suffix = suffixOf(way);
  const asked = new Map<string, ReachCondition>();
  for (const { about } of where) if (about.kind === 'request') asked.set(about.condition.key, about.condition);
  const found = await explore(
    restricted(new Cell(), where),
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
  const classes = merged(
    found.classes.map((one) => ({ ...one, outcome: outcomeKey(one.result) })),
    (dimension, set) => wordsOf(dimension, set, conditions) !== null,
  );
  return { ...found, classes, asked: conditions };
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
