/** What a request in a check file says of every request: conditions like those of `--where`. */
import { headerCondition, pathCondition, textCondition } from '../algebra/conditions';
import type { ReachCondition } from '../algebra/cell';
import { InputError } from '../errors';
import { type Where, withStar } from './where';

export interface NamedParts {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** Host and port of the URL, its path where it has one, the method and the headers. Throws InputError for a URL that is none. */
export function whereOf({ url, method, headers = {} }: NamedParts): readonly Where[] {
  const named = Object.entries(headers).map(([name, value]) => {
    const matcher = { name, string_match: { exact: String(value) } };
    return whereBy(headerCondition(matcher, `header:${name.toLowerCase()}`));
  });
  const methods = method === undefined ? [] : [whereBy(textCondition('method', { exact: method.toUpperCase() }))];
  return [...(url === undefined ? [] : whereOfUrl(url)), ...methods, ...named];
}

function whereOfUrl(url: string): readonly Where[] {
  const [, host, port, path = ''] = /^http:\/\/([^/:?#]+)(?::(\d{1,5}))?(\/[^?#]*)?$/.exec(url) ?? [];
  if (host === undefined) {
    throw new InputError(`forAll.request.url is ${JSON.stringify(url)}: it is http://HOST[:PORT][/PATH]`, {
      hint: 'A path that ends in * stands for all that begin so; leave it out for every path.',
    });
  }
  const hosts = whereBy(textCondition('host', withStar(host.toLowerCase())));
  const own = { ...hosts, port: Number(port ?? 80) };
  return [own, ...(path === '' ? [] : [whereBy(pathCondition({ kind: 'text', matcher: withStar(path) }))])];
}

function whereBy(condition: ReachCondition | null): Where {
  if (condition === null) throw new InputError('forAll.request says what cannot be a condition');
  return { isNot: false, about: { kind: 'request', condition }, port: null };
}
