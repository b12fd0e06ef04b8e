import fc from 'fast-check';
import { renderTraceTree } from '../../../src/lib/explain/tree/trace-tree';
import { COLOURED, PLAIN } from '../../../src/lib/render/style';
import { step } from '../../helpers/told';
import { expectGolden } from '../../helpers/golden';
import { hostileTrace } from '../../helpers/hostile';
import { ALL, NO_VIRTUAL_HOST, OUTBOUND, traceOf, WEIGHTED_CLUSTERS } from '../../helpers/traces';

const tree = (trace = traceOf(), width = 80, explain = false): string =>
  renderTraceTree(trace, { width, style: PLAIN, explain, verbose: true });

const short = (trace = traceOf(), width = 80): string =>
  renderTraceTree(trace, { width, style: PLAIN, explain: false, listBranches: false });

describe('the short tree of a trace', () => {
  it.each(Object.entries(ALL))('of %s is as in its golden file', (name, trace) => {
    expectGolden(`explain/short/${name}.txt`, short(trace));
  });

  it('names the cause, the object and the next step of a dead end in its first six lines', () => {
    const head = short(NO_VIRTUAL_HOST).split('\n').slice(0, 6).join('\n');
    expect(head).toContain('lists the domain');
    expect(head).toContain('mctl pc route');
    expect(head).toContain('→ Call it by a name that is listed');
  });

  it('adds the source to the commands of mctl that it suggests', () => {
    const text = renderTraceTree(NO_VIRTUAL_HOST, {
      width: 200,
      style: PLAIN,
      explain: false,
      source: ['--snapshot', 'a b'],
    });
    expect(text).toContain("--name 9080 -o wide --snapshot 'a b'");
  });

  it('has the shares of ways that end otherwise in the first line, and the mark of the worst', () => {
    const [first] = short(WEIGHTED_CLUSTERS).split('\n');
    expect(first).toMatch(/^✘ GET \S+ 90% is delivered to /);
  });

  it('stays within the width, and says the same with colours', () => {
    for (const trace of Object.values(ALL)) {
      const coloured = renderTraceTree(trace, { width: 80, style: COLOURED, explain: false, listBranches: false });
      expect(coloured.replace(/\u001b\[\d*m/g, '').replace(/ +$/gm, '')).toBe(short(trace));
    }
  });

  it('lets no control character of a dump through', () => {
    fc.assert(
      fc.property(hostileTrace, (trace) => {
        expect(short(trace)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
      }),
    );
  });
});

describe('the tree of a trace', () => {
  it.each(Object.entries(ALL))('of %s is as in its golden file', (name, trace) => {
    expectGolden(`explain/${name}.txt`, tree(trace));
  });

  it('begins with what happens and what the caller sees', () => {
    expect(tree(NO_VIRTUAL_HOST).split('\n')[0]).toBe(
      '✘ GET http://review:9080/reviews/0 fails: the caller gets 404, NR (no route).',
    );
  });

  it('draws quiet HTTP filters together, and tells them apart with explain', () => {
    expect(tree()).toContain('3 filters let the request through: istio.metadata_exchange,');
    const explained = tree(traceOf(), 80, true);
    expect(explained).not.toContain('let the request through');
    expect(explained).toContain('istio.alpn  chooses the application protocols of mutual TLS');
  });

  it('keeps a filter that has something to say out of the group', () => {
    const own = step('http-filter', 'passed', 'rbac', 'no policy matches', { details: [['action', 'DENY']] });
    const text = tree(traceOf({ hops: [{ ...OUTBOUND, steps: [own] }] }));
    expect(text).toContain('HTTP filter  rbac  no policy matches');
  });

  it('counts endpoints beyond the eighth, and lists them with explain', () => {
    const endpoints = Array.from({ length: 12 }, (_, index) => ({
      address: `10.1.0.${index}`,
      port: 80,
      health: index === 0 ? 'DEGRADED' : 'HEALTHY',
      share: 1 / 12,
      pod: null,
    }));
    const trace = traceOf({ hops: [{ ...OUTBOUND, clusters: [{ name: 'c', share: 1, type: 'EDS', endpoints }] }] });
    expect(tree(trace)).toContain('8.3%  10.1.0.0:80  DEGRADED');
    expect(tree(trace)).toContain('and 4 more endpoints');
    expect(tree(trace, 80, true)).toContain('10.1.0.11:80');
  });

  it('names the flag that walks the other ways where they were not walked', () => {
    expect(tree({ ...WEIGHTED_CLUSTERS, branches: [] })).toContain('--all-branches');
  });

  it('breaks a command with a backslash, so that it can be pasted', () => {
    const lines = tree(NO_VIRTUAL_HOST, 60).split('\n');
    const first = lines.findIndex((line) => line.trimStart().startsWith('mctl pc route'));
    const command = `${lines[first]}\n${lines[first + 1]}`.replace(/ \\\n\s+/, ' ').trim();
    expect(command).toBe('mctl pc route productpage-v1-6b746f74dc-9stvs.bookinfo --name 9080 -o wide');
  });

  it('stays within the width, whatever it is, but for commands', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(ALL)), fc.integer({ min: 40, max: 200 }), (trace, width) => {
        const long = tree(trace, width)
          .split('\n')
          .filter((line) => Array.from(line).length > width);
        expect(long.filter((line) => !/^\s+(?:--?[a-z]|mctl|kubectl|\S+ \\$|\S+$)/.test(line))).toEqual([]);
      }),
    );
  });

  it('uses the width that there is', () => {
    const lines = (width: number): number => tree(traceOf(), width).split('\n').length;
    expect(lines(140)).toBeLessThan(lines(80));
  });

  it('says the same with and without colours', () => {
    for (const trace of Object.values(ALL)) {
      const coloured = renderTraceTree(trace, { width: 80, style: COLOURED, explain: false, verbose: true });
      expect(coloured.replace(/\u001b\[\d*m/g, '').replace(/ +$/gm, '')).toBe(tree(trace));
    }
  });

  it('lets no control character of a dump through', () => {
    fc.assert(
      fc.property(hostileTrace, fc.boolean(), (trace, explain) => {
        expect(tree(trace, 80, explain)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
      }),
    );
  });
});
