/** What every HTTP filter's evaluation has in common. */
import { type Any, messageOf, messageTypeOf } from '../../../envoy/any';
import { type Ending, type EndingBy, ending } from '../../hop/ending';
import { step, unevaluated } from '../../hop/record';
import { outcome } from '../../outcome';
import type { HttpMessage } from '../../../http/message';
import type { HttpFilterCause } from '../../facts/filters';
import type { StepFacts, StepOf } from '../../facts/step';
import type { Outcome } from '../../model';
import type { Ternary } from '../../../match/ternary';
import type { HttpFilterInput } from '../shared/input';
import type { PerRoute } from '../shared/per-route';

/** One filter of the chain, asked for one request. */
export interface FilterRun {
  readonly input: HttpFilterInput;
  /** As the filters before it left it. */
  readonly message: HttpMessage;
  readonly name: string;
  /** The filter's configuration in the chain. */
  readonly config: Any | undefined;
  readonly pointer: string;
  readonly perRoute: PerRoute;
}

export type FilterResult =
  /** The request goes on, changed where `message` is set; `findsRouteAgain`: what was found of its route no longer counts. */
  | {
      readonly kind: 'goes-on';
      readonly steps: readonly StepFacts[];
      readonly message?: HttpMessage;
      readonly findsRouteAgain?: Ternary;
    }
  /** The filter answers. */
  | { readonly kind: 'ends'; readonly steps: readonly StepFacts[]; readonly end: Ending }
  /** The request goes on, changed where `message` is set, or ends with `otherwise`, and an input that is not known decides. */
  | {
      readonly kind: 'open';
      readonly steps: readonly StepFacts[];
      readonly message?: HttpMessage;
      readonly input: string;
      readonly otherwise: Outcome;
      readonly findsRouteAgain?: Ternary;
    };

export type HttpFilterHandler = (run: FilterRun) => FilterResult;

/** What a filter's step knows besides its cause. */
export type More = Partial<Omit<StepOf<'http-filter'>, 'stage' | 'outcome' | 'name' | 'cause'>>;

/** The step of a filter. */
export function filterStep(
  run: FilterRun,
  outcome: StepFacts['outcome'],
  cause: HttpFilterCause,
  more: More = {},
): StepFacts {
  const fieldsOf = (config: Any | undefined): [object, string] => [
    messageOf(config),
    messageTypeOf(config).replace(/^.*\./, ''),
  ];
  const left = unevaluated(fieldsOf(run.config), fieldsOf(run.perRoute.configs[0]?.config));
  return step('http-filter', outcome, run.name, cause, { config: run.pointer, ...left, ...more });
}

/** The filter lets the request go on as it is. */
export function goesOn(
  run: FilterRun,
  cause: HttpFilterCause,
  more: More = {},
): Extract<FilterResult, { kind: 'goes-on' }> {
  return { kind: 'goes-on', steps: [filterStep(run, 'passed', cause, more)] };
}

/** The filter acts, but not on whether and where the request goes. */
export function noted(run: FilterRun, cause: HttpFilterCause, more: More = {}): FilterResult {
  return { kind: 'goes-on', steps: [filterStep(run, 'noted', cause, more)] };
}

/** The filter may change or answer the request, and what it does is not worked out: it is named, and the walk goes on. */
export function notEvaluated(run: FilterRun, cause: HttpFilterCause): FilterResult {
  return { kind: 'goes-on', steps: [filterStep(run, 'not-evaluated', cause)] };
}

/** The filter's work is to refuse or answer requests, and whether it does is not worked out: it may end the request anyhow. */
export function mayAnswer(run: FilterRun, what: string): FilterResult {
  return open(run, `${what}, which is not evaluated`, outcome('unknown', null));
}

/** The filter answers. */
export function ends(run: FilterRun, end: EndingBy<HttpFilterCause>, more: More = {}): FilterResult {
  return { kind: 'ends', steps: [filterStep(run, 'ended', end.cause, more)], end };
}

/** An input that is not known decides whether the request goes on, or ends with `otherwise`. */
export function open(run: FilterRun, input: string, otherwise: Outcome, more: More = {}): FilterResult {
  return { kind: 'open', steps: [filterStep(run, 'unknown', { kind: 'filter-open', input }, more)], input, otherwise };
}

/** The end of a walk that hangs on an input that is not known. */
export function endsUnknown(input: string): Ending {
  return ending('unknown', 'unknown-input', { kind: 'goes-on-open', input });
}

/** The filter's configuration; of the route where it has one of its own, as filters have it whose two messages are the same. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the message by its type
export function configOf<T extends object>(run: FilterRun): T {
  return messageOf<T>(run.perRoute.configs[0]?.config ?? run.config);
}

/** The filter writes metadata of a namespace, and what it writes is not worked out: a matcher that asks for it is unknown. */
export function writesUnknown({ name, input }: FilterRun, namespace: string): void {
  input.state.setUnknownMetadata(namespace, `what the filter ${name} writes as metadata of ${namespace}`);
}
