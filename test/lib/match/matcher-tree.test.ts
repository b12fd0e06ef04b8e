/** https://github.com/cncf/xds/blob/main/xds/type/matcher/v3/domain.proto, each row as a real Envoy 1.37 answered it. */
import { evaluateMatcher, type Matcher, type OnMatch } from '../../../src/lib/match/matcher-tree';

const action = (name: string): OnMatch => ({ action: { name } });

function domains(more: Readonly<Record<string, OnMatch>>): Matcher {
  const type = 'type.googleapis.com/xds.type.matcher.v3.ServerNameMatcher';
  const domain_matchers = Object.entries(more).map(([domain, on_match]) => ({ domains: [domain], on_match }));
  return {
    matcher_tree: { input: {}, custom_match: { name: 'domains', typed_config: { '@type': type, domain_matchers } } },
  };
}

describe('a matcher of domains', () => {
  const names = domains({
    '*': action('all'),
    'www.a.test': action('exact'),
    '*.a.test': action('inner'),
    '*.test': action('outer'),
  });
  const tree = { ...names, on_no_match: action('none') };

  it.each([
    ['www.a.test', 'exact'],
    ['x.a.test', 'inner'],
    ['x.y.a.test', 'inner'],
    ['a.test', 'outer'],
    ['test', 'all'],
    ['.test', 'outer'],
    ['WWW.A.test', 'outer'],
    ['www.a.TEST', 'all'],
    ['a.test.', 'all'],
    ['', 'none'],
  ])('%s', (value, taken) => {
    expect(evaluateMatcher(tree, () => value).action?.name).toBe(taken);
  });

  it('takes none of a text that is not there', () => {
    expect(evaluateMatcher(tree, () => null).action?.name).toBe('none');
  });

  it('goes on with the next one where the matcher in it takes nothing', () => {
    const inner = domains({
      'a.test': { matcher: domains({ 'never.test': action('never') }) },
      '*.test': action('outer'),
    });
    expect(evaluateMatcher(inner, () => 'a.test').action?.name).toBe('outer');
  });
});
