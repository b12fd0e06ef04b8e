/** The choice of a route as one question, for who watches and does not want to know what each of thousands of routes asks. */
import type { Route } from '../../envoy/route';
import type { HttpMessage } from '../../http/message';
import { headerView } from '../../http/message';
import type { RouteInput } from '../../http/route-input';
import { type ChangedValue, watcher, watching } from '../../match/watch';
import { Decisions } from '../decisions';
import { type Ending, isEnding } from '../hop/ending';
import { HopRecord } from '../hop/record';
import type { ChosenRoute } from './choose-route';
import type { HopContext } from '../hop/context';

type Choice = ChosenRoute | Ending | null;

/** @param choose the choice, which no lot decides, by a request; it writes to the record */
export function watchedChoice(
  { proxy, direction }: HopContext,
  routes: readonly Route[],
  choose: (input: RouteInput, record: HopRecord) => Choice,
  input: RouteInput,
  record: HopRecord,
): Choice {
  const watch = watcher();
  if (watch?.chooses === undefined) return choose(input, record);
  const unwatched = (asked: RouteInput, into: HopRecord): Choice => watching(null, () => choose(asked, into));
  const chosen = unwatched(input, record);
  watch.chooses({
    routes,
    taken: numberOf(chosen),
    again: (changes) => {
      const message = withValues(input.message, changes);
      if (message === null) return null;
      const headers = headerView(message, input.headers.joinRepeated);
      const asked = { ...input, message, headers, decisions: new Decisions() };
      return numberOf(unwatched(asked, new HopRecord(proxy, direction)));
    },
  });
  return chosen;
}

function numberOf(choice: Choice): number | null {
  return choice === null || isEnding(choice) ? null : choice.index;
}

/** Null where a header that is to change has another value than it is said to have: something has changed it before. */
function withValues(message: HttpMessage, changes: readonly ChangedValue[]): HttpMessage | null {
  const headers: HttpMessage['headers'][number][] = [];
  for (const [name, value] of message.headers) {
    const change = changes.find((one) => one.name === name);
    if (change !== undefined && change.from !== value) return null;
    headers.push([name, change?.to ?? value]);
  }
  return { ...message, headers };
}
