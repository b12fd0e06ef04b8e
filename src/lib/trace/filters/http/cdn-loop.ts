/**
 * `envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig`: 502 for a request that came through this CDN too often, and its name
 * behind the others. Names are compared letter by letter, with their ports.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/cdn_loop_filter, https://www.rfc-editor.org/rfc/rfc8586
 */
import { joinedHeader, withHeader } from '../../../http/message';
import { messageOf } from '../../../envoy/any';
import { isUnknown } from '../../../match/ternary';
import { localReply } from '../../hop/local-reply';
import { ends, type FilterResult, type FilterRun, goesOn, mayAnswer } from './handler';

interface CdnLoop {
  readonly cdn_id?: string;
  readonly max_allowed_occurrences?: number;
}

const HEADER = 'cdn-loop';
/** A name with parameters that are plain words; others are not taken apart here. */
const MEMBER = /^[ \t]*([A-Za-z0-9._-]+(?::\d+)?)?(?:[ \t]*;[ \t]*[A-Za-z0-9._-]+=[A-Za-z0-9._-]+)*[ \t]*$/;

export function runCdnLoop(run: FilterRun): FilterResult {
  const { cdn_id: own = '', max_allowed_occurrences: most = 0 } = messageOf<CdnLoop>(run.config);
  const came = joinedHeader(run.message, HEADER) ?? '';
  if (isUnknown(came)) return mayAnswer(run, came.unknown);
  const members = came.split(',').map((one) => MEMBER.exec(one));
  if (members.includes(null))
    return mayAnswer(run, 'whether the CDN-Loop header can be read, and names this CDN too often');
  const count = members.filter((one) => one?.[1] === own).length;
  const refused = localReply(run.message, ['denied', 'local-reply'], 502, { kind: 'loops', cdn: own, count } as const);
  if (count > most) return ends(run, refused);
  const message = withHeader(run.message, HEADER, came === '' ? own : `${came},${own}`);
  return { ...goesOn(run, { kind: 'names-cdn', cdn: own }), message };
}
