/**
 * `envoy.extensions.filters.http.basic_auth.v3.BasicAuth`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/basic_auth_filter
 */
import { createHash } from 'node:crypto';
import { messageOf } from '../../../envoy/any';
import { base64Bytes } from '../../../http/base64';
import { firstHeader, withHeader } from '../../../http/message';
import { isUnknown } from '../../../match/ternary';
import type { HttpFilterCause } from '../../facts/filters';
import type { EndingBy } from '../../hop/ending';
import { localReply } from '../../hop/local-reply';
import { type DataSource, inlineText } from '../../../envoy/data-source';
import { ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

interface BasicAuth {
  /** Lines of `user:{SHA}hash`, as htpasswd writes them. A dump of Envoy's leaves the text out as a secret. */
  readonly users?: DataSource;
  readonly forward_username_header?: string;
  readonly authentication_header?: string;
  readonly allow_missing?: boolean;
}

/** Without right credentials 401. Only `Basic`, so written, is the scheme; of a repeated header the first counts. */
export function runBasicAuth(run: FilterRun): FilterResult {
  if (run.input.context.rightCredentials === true) return goesOn(run, { kind: 'credentials-right' });
  const config = messageOf<BasicAuth>(run.config);
  const own = run.perRoute.configs[0];
  const users = own === undefined ? config.users : messageOf<BasicAuth>(own.config).users;
  const header = (config.authentication_header ?? '') === '' ? 'authorization' : (config.authentication_header ?? '');
  const value = firstHeader(run.message, header);
  const refused = (cause: HttpFilterCause): EndingBy<HttpFilterCause> =>
    localReply(run.message, ['denied', 'local-reply'], 401, cause);
  const missing = refused({ kind: 'credentials-missing', header });
  if (isUnknown(value)) return open(run, value.unknown, missing.outcome);
  if (value?.startsWith('Basic ') !== true) {
    return config.allow_missing === true
      ? open(run, 'whether a request without credentials is let through (allow_missing)', missing.outcome)
      : ends(run, missing);
  }
  const credentials = decoded(value.slice('Basic '.length));
  const colon = credentials.indexOf(':');
  if (colon < 0) return ends(run, refused({ kind: 'credentials-unreadable', header }));
  const text = inlineText(users);
  if (text === null) {
    const input = 'whether the user and password of the request are right (the dump does not show the users)';
    return open(run, input, missing.outcome);
  }
  const user = credentials.slice(0, colon);
  if (hashOf(text, user) !== `{SHA}${sha1(credentials.slice(colon + 1))}`) {
    return ends(run, refused({ kind: 'credentials-wrong' }));
  }
  const forwarded = (config.forward_username_header ?? '').toLowerCase();
  return {
    ...goesOn(run, { kind: 'credentials-right' }),
    message: forwarded === '' ? run.message : withHeader(run.message, forwarded, user),
  };
}

/** Empty for what is no base64 of the standard alphabet; padding may be left out. */
function decoded(token: string): string {
  return base64Bytes(token)?.toString('utf8') ?? '';
}

function hashOf(users: string, user: string): string | null {
  const line = users.split(/\r?\n/).find((one) => one.slice(0, one.indexOf(':')) === user && one.includes(':'));
  return line === undefined ? null : line.slice(user.length + 1).trimEnd();
}

function sha1(text: string): string {
  return createHash('sha1').update(text, 'utf8').digest('base64');
}
