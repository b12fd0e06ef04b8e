/** Settings of filters that are seldom used, each as a real Envoy 1.37 was seen to read it. */
import { isEnding } from '../../../../src/lib/trace/hop/ending';
import { HopRecord } from '../../../../src/lib/trace/hop/record';
import { runHttpFilters } from '../../../../src/lib/trace/filters/http-filters';
import type { HttpFilterInput } from '../../../../src/lib/trace/filters/shared/input';
import { filterOf, httpInput, messageOf } from '../../../helpers/filters';

const EXT = 'envoy.extensions.filters.http';
const typed = (type: string, config: object): object => ({ '@type': `type.googleapis.com/${type}`, ...config });

function run(filters: readonly object[], more: Partial<HttpFilterInput> = {}): string {
  const router = filterOf('envoy.filters.http.router', `${EXT}.router.v3.Router`);
  const result = runHttpFilters(httpInput([...filters, router], more), new HopRecord('a.b', 'inbound'));
  return isEnding(result) ? `${result.outcome.verdict} ${result.outcome.status ?? ''}`.trim() : result.path;
}

describe('query_parameter_mutations of header_mutation', () => {
  const append = (key: string, value: string, action?: string): object => ({
    append: { record: { key, value }, ...(action === undefined ? {} : { action }) },
  });
  const sent = (path: string, ...mutations: readonly object[]): string =>
    run(
      [
        filterOf('m', `${EXT}.header_mutation.v3.HeaderMutation`, {
          mutations: { query_parameter_mutations: mutations },
        }),
      ],
      {
        message: messageOf({ path, headers: [['x', 'v']] }),
      },
    );

  it.each<[string, object, string]>([
    ['/?', { remove: 'rm' }, '/'],
    ['/?b=2&a=1', { remove: 'rm' }, '/?a=1&b=2'],
    ['/?a=1&a=2&b=%41+x&c', { remove: 'rm' }, '/?a=1&a=2&b=A+x&c='],
    ['/?rm=1&z=&rm', { remove: 'rm' }, '/?z='],
    ['/?=x&y', { remove: 'rm' }, '/?=x&y='],
    ['/?&&x=1', { remove: 'rm' }, '/?=&=&x=1'],
    ['/?a=1=2', { remove: 'a' }, '/'],
    ['/p?x=1?y=2', append('a', 'N'), '/p?a=N&x=1?y=2'],
    ['/?b=2&a=1', append('a', 'N'), '/?a=1&a=N&b=2'],
    ['/?b=2&a=1', append('a', 'N', 'ADD_IF_ABSENT'), '/?a=1&b=2'],
    ['/?a=1&a=2', append('a', 'N%%26', 'OVERWRITE_IF_EXISTS_OR_ADD'), '/?a=N%26'],
    ['/', append('a', 'N', 'OVERWRITE_IF_EXISTS'), '/'],
    ['/', append('new', '%REQ(x)%'), '/?new=v'],
    ['/', append('new', '%REQ(nope)%'), '/?new='],
  ])('%s', (path, mutation, then) => {
    expect(sent(path, mutation)).toBe(then);
  });

  it('leaves the path alone without any, and is unknown where a value is', () => {
    expect(sent('/?b=2&a')).toBe('/?b=2&a');
    expect(sent('/', append('a', '%UPSTREAM_HOST_NAME_THAT_IS_NOT_KNOWN%'))).toBe('unknown');
  });
});

describe('sample_percent of a composite filter', () => {
  const composite = (numerator: number): object => {
    const fault = { abort: { http_status: 451, percentage: { numerator: 100 } } };
    const action = typed(`${EXT}.composite.v3.ExecuteFilterAction`, {
      typed_config: filterOf('fault', `${EXT}.fault.v3.HTTPFault`, fault),
      sample_percent: { default_value: { numerator } },
    });
    return filterOf('c', 'envoy.extensions.common.matching.v3.ExtensionWithMatcher', {
      extension_config: filterOf('composite', `${EXT}.composite.v3.Composite`),
      xds_matcher: { on_no_match: { action: { name: 'a', typed_config: action } } },
    });
  };

  it('runs the filter for its share', () => {
    expect(run([composite(100)])).toBe('failed 451');
    expect(run([composite(0)])).toBe('/');
  });
});

describe('ext_authz that is switched off, and denies then', () => {
  const denies = (more: object): object =>
    filterOf('e', `${EXT}.ext_authz.v3.ExtAuthz`, {
      filter_enabled: { default_value: { numerator: 0 } },
      deny_at_disable: { default_value: true },
      ...more,
    });

  it('answers with status_on_error', () => {
    expect(run([denies({})])).toBe('denied 403');
    expect(run([denies({ status_on_error: { code: 'ServiceUnavailable' } })])).toBe('denied 503');
  });
});

describe('set_metadata that is set into what is there', () => {
  const FIRST = { list: ['a'], inner: { x: 'a', deep: { z: 'a' } }, text: 'a', other: { k: 'v' } };
  const SECOND = { list: ['b'], inner: { deep: { w: 'b' } }, text: 'b', other: 'text' };
  const ask = (path: readonly string[], value: object): string => {
    const set = filterOf('s', `${EXT}.set_metadata.v3.Config`, {
      metadata: [
        { metadata_namespace: 'n', value: FIRST },
        { metadata_namespace: 'n', value: SECOND, allow_overwrite: true },
      ],
    });
    const permissions = [{ metadata: { filter: 'n', path: path.map((key) => ({ key })), value } }];
    const policies = { p: { permissions, principals: [{ any: true }] } };
    return run([set, filterOf('r', `${EXT}.rbac.v3.RBAC`, { rules: { action: 'DENY', policies } })]);
  };

  it.each<[string, readonly string[], object, string]>([
    ['joins lists, the first', ['list'], { list_match: { one_of: { string_match: { exact: 'a' } } } }, 'denied 403'],
    ['joins lists, the second', ['list'], { list_match: { one_of: { string_match: { exact: 'b' } } } }, 'denied 403'],
    ['joins structures', ['inner', 'x'], { string_match: { exact: 'a' } }, 'denied 403'],
    ['joins structures in structures', ['inner', 'deep', 'z'], { string_match: { exact: 'a' } }, 'denied 403'],
    ['adds to structures in structures', ['inner', 'deep', 'w'], { string_match: { exact: 'b' } }, 'denied 403'],
    ['replaces texts', ['text'], { string_match: { exact: 'a' } }, '/'],
    ['replaces what is of another kind', ['other', 'k'], { present_match: true }, '/'],
  ])('%s', (_what, path, value, end) => {
    expect(ask(path, value)).toBe(end);
  });
});
