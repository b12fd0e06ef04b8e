/**
 * The HTTP filters of a connection manager, in order up to the router.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters
 */
import { messageTypeOf } from '../../envoy/any';
import type { HttpFilter } from '../../envoy/listener';
import type { Dead } from '../dead';
import type { HopRecord } from '../hop-record';
import type { HttpMessage } from '../http/message';
import type { Outcome } from '../model';
import { HARMLESS, TELEMETRY, UNKNOWABLE } from './http/catalogue';
import { endsUnknown, type FilterResult, type FilterRun, goesOn, type HttpFilterHandler, noted } from './http/handler';
import { runRbac } from './http/rbac';
import type { HttpFilterInput } from './input';
import { perRoute } from './per-route';

const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';

const HANDLERS: Readonly<Record<string, HttpFilterHandler>> = {
  'envoy.extensions.filters.http.rbac.v3.RBAC': runRbac,
  [ROUTER]: (run) => goesOn(run, 'sends the request on'),
};

/** Something that an earlier filter left open. */
interface Open {
  readonly input: string;
  readonly otherwise: Outcome;
}

/** The request as the filters leave it, or the end where one of them answers; each adds its step to the record. */
export function runHttpFilters(input: HttpFilterInput, record: HopRecord): HttpMessage | Dead {
  let { message } = input;
  let open: Open | null = null;
  for (const [index, filter] of (input.manager.http_filters ?? []).entries()) {
    const run = filterRun(input, message, filter, `${input.pointer}/http_filters/${index}`);
    const result = runFilter(run, filter);
    record.add(...result.steps);
    if (result.kind === 'ends') return open === null ? result.end : endAfterOpen(result.end, open);
    if (result.kind === 'open') open ??= { input: result.input, otherwise: result.otherwise };
    if (result.kind === 'goes-on' && result.message !== undefined) ({ message } = result);
    if (messageTypeOf(run.config) === ROUTER) break;
  }
  return open === null ? message : endsUnknown(open.input);
}

/** Where both ways come to the same answer the open input decides nothing. */
function endAfterOpen(end: Dead, { input, otherwise }: Open): Dead {
  return end.outcome.verdict === otherwise.verdict && end.outcome.status === otherwise.status
    ? end
    : endsUnknown(input);
}

function filterRun(input: HttpFilterInput, message: HttpMessage, filter: HttpFilter, pointer: string): FilterRun {
  const name = filter.name ?? '';
  return { input, message, name, config: filter.typed_config, pointer, perRoute: perRoute(input, name) };
}

function runFilter(run: FilterRun, filter: HttpFilter): FilterResult {
  if (run.perRoute.disabled ?? filter.disabled === true) {
    const where = run.perRoute.disabled === null ? 'in the chain, and no route enables it' : 'for this route';
    return goesOn(run, `disabled ${where}`);
  }
  return handlerOf(messageTypeOf(run.config))(run);
}

function handlerOf(type: string): HttpFilterHandler {
  const known = (table: Readonly<Record<string, string>>): string | null =>
    Object.hasOwn(table, type) ? (table[type] ?? null) : null;
  const handler = Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
  if (handler !== undefined) return handler;
  const [telemetry, harmless, unknowable] = [known(TELEMETRY), known(HARMLESS), known(UNKNOWABLE)];
  if (telemetry !== null) return (run) => noted(run, telemetry);
  if (harmless !== null) return (run) => goesOn(run, harmless);
  if (unknowable !== null) return (run) => noted(run, `${unknowable} cannot be known from configuration`);
  return (run) => noted(run, `not evaluated: mctl does not know the filter ${type === '' ? run.name : type}`);
}
