/** What the log of one Envoy tells of one request, found by its id. */
import { type EnvoyLog, type LogRecord } from './envoy-log';
import { hasRequestId } from './request-id';

/** One RBAC filter's answer, in the order of the filters. */
export interface RbacAnswer {
  readonly isAllowed: boolean;
  /** The policy that matched; null where none did, and in older versions, which do not say it. */
  readonly policy: string | null;
  /** The caller's certificate as the filter saw it: `spiffe://…`; null where it does not say, or the caller had none. */
  readonly peer: string | null;
}

/** One stream of an HTTP connection manager: a request may come to one Envoy twice. */
export interface Story {
  readonly connection: string | null;
  readonly stream: string | null;
  /** Null where the router was not reached, or found no cluster. */
  readonly cluster: string | null;
  readonly rbac: readonly RbacAnswer[];
  /** Response code details of an answer that Envoy made itself; null where it made none. */
  readonly localReply: string | null;
  /** Whether an answer came from upstream. */
  readonly isAnswered: boolean;
  /** The status that was sent back; null where none was, as where the connection broke. */
  readonly status: number | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Whether the log has anything at the level debug, so that silence about a request says something. */
export function tellsRequests({ records }: EnvoyLog): boolean {
  return records.some(({ level, logger }) => level === 'debug' && logger === 'http');
}

/** The streams that brought the request, in order. */
export function storiesOf({ records }: EnvoyLog, id: string): readonly Story[] {
  return records.flatMap((record, index) => {
    const isOurs = record.message.startsWith('request headers complete') && hasId(record, id);
    return isOurs ? [storyOf(record, records.slice(index + 1), id)] : [];
  });
}

function hasId({ headers }: LogRecord, id: string): boolean {
  return headers.some(([name, value]) => name === 'x-request-id' && hasRequestId(value, id));
}

function storyOf(first: LogRecord, later: readonly LogRecord[], id: string): Story {
  const { connection, stream, headers } = first;
  const own = later.filter((record) => record.stream === stream && record.connection === connection);
  const found = (pattern: RegExp): string | null => {
    for (const { message } of own) {
      const match = pattern.exec(message);
      if (match !== null) return match[1] ?? '';
    }
    return null;
  };
  const sentBack = own.findLast(({ message }) => message.startsWith('encoding headers via codec'));
  const status = Number(sentBack?.headers.find(([name]) => name === ':status')?.[1] ?? 0);
  return {
    connection,
    stream,
    cluster: found(/^cluster '(.*)' match for URL /),
    rbac: rbacAnswers(later, first.thread, id),
    localReply: found(/local reply with details (\S+)/),
    isAnswered: found(/^upstream headers complete/) !== null,
    status: status > 0 ? status : null,
    headers,
  };
}

/** RBAC writes no stream, but the headers of what it checks; its answer follows on the same thread, before its next check. */
function rbacAnswers(later: readonly LogRecord[], thread: string | null, id: string): readonly RbacAnswer[] {
  const answers: RbacAnswer[] = [];
  let isOurs = false;
  for (const record of later) {
    if (record.logger !== 'rbac' || record.thread !== thread) continue;
    if (record.message.startsWith('checking request')) {
      isOurs = hasId(record, id);
      const peer = /uriSanPeerCertificate: ([^,\s]+)/.exec(record.message)?.[1] ?? null;
      // A filter without rules says nothing further.
      if (isOurs) answers.push({ isAllowed: true, policy: null, peer });
      continue;
    }
    const match = /^enforced (allowed|denied)(?:, matched policy (.*))?$/.exec(record.message);
    const last = answers.at(-1);
    if (!isOurs || match === null || last === undefined) continue;
    const [, word, policy = 'none'] = match;
    answers[answers.length - 1] = {
      ...last,
      isAllowed: word === 'allowed',
      policy: policy === 'none' ? null : policy,
    };
  }
  return answers;
}
