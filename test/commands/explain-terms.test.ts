/** Every term: its next command is one that there is and ends well on the mesh that ships with mctl, and misspelled it is found or asked after. */
import ExplainCommand from '../../src/commands/explain';
import { shellWords } from '../../src/lib/curl/shell-words';
import { nearestTerms, TERMS, termsNamed } from '../../src/lib/glossary/glossary';
import type { Term } from '../../src/lib/glossary/term';
import { runCommand } from '../helpers/run-command';
import { runLine } from '../helpers/run-line';
import { withNamesOfSample } from '../helpers/sample-names';

/** Names whose parts speak. */
const STRUCTURED = [
  'outbound|9080|v2|reviews.bookinfo.svc.cluster.local',
  'inbound|9080||',
  'outbound_.9080_._.reviews.bookinfo.svc.cluster.local',
  '0.0.0.0_9080',
  'http.80.web.gateway.shop',
  'http.8080',
  'reviews.bookinfo.svc.cluster.local:9080',
  'inbound|http|9080',
  '9080',
].flatMap(termsNamed);

const EVERY: readonly Term[] = [...TERMS, ...STRUCTURED];
const COMMANDS = [...new Set(EVERY.map(({ next }) => next))];
const WAYPOINT = 'waypoint-64b5d-xyz.bookinfo';

describe('the next command', () => {
  it.each(COMMANDS)('%s', async (command) => {
    const words = shellWords(withNamesOfSample(command)).slice(1);
    const named = (pod: string): readonly string[] =>
      words.map((word) => (word.startsWith('productpage-v1-') ? pod : word));
    const ways = command.includes('--snapshot')
      ? [words]
      : [
          [...words, '--sample'],
          [...named(WAYPOINT), '--sample=ambient'],
          [...words, '--sample=ambient'],
        ];
    const runs = await Promise.all(ways.map((way) => runLine(way)));
    if (command.startsWith('mctl pc stats')) {
      expect(runs[0]?.stderr).toContain('stats asks a running Envoy');
      return;
    }
    expect(runs.map(({ exitCode }) => exitCode)).not.toContain(64);
    const shown = runs.filter(({ exitCode, stdout }) => exitCode <= 1 && /[^\s[\]]/.test(stdout));
    expect([runs.map(({ stderr }) => stderr), shown.length > 0]).toEqual([expect.anything(), true]);
  });
});

/** A letter that is missing, one that is doubled, two that changed places, and other ways to separate words. */
function misspelled(name: string): readonly string[] {
  const at = Math.floor(name.length / 2);
  const [before, letter, behind] = [name.slice(0, at), name.charAt(at), name.slice(at + 1)];
  return [
    `${before}${behind}`,
    `${before}${letter}${letter}${behind}`,
    `${before.slice(0, -1)}${letter}${before.slice(-1)}${behind}`,
    name.toLowerCase().replaceAll(/[-_ ]/g, (one) => (one === '_' ? '-' : '_')),
    name.replaceAll(/[-_ ]/g, ''),
  ];
}

describe('a name that is misspelled', () => {
  // A flag has two or three letters: with one wrong it is another flag, or any of several.
  it.each([...new Set(TERMS.filter(({ name }) => name.length > 4).map(({ name }) => name))])('%s', (name) => {
    const lost = misspelled(name).filter(
      (text) => !nearestTerms(text).includes(name) && !termsNamed(text).some((term) => term.name === name),
    );
    expect(lost).toEqual([]);
  });

  it.each([
    ['UQ', 'Did you mean UC'],
    ['outlier chek', '"OUTLIER CHECK"'],
    ['no healthy upstrem', '"no healthy upstream"'],
    ['NoHealthyUpstreams', 'NoHealthyUpstream'],
    ['outbound|9080|reviews', 'outbound|9080|v2|reviews'],
    ['outbound_.9080_.reviews', 'outbound_.9080_.v2_.reviews'],
    ['503', 'response flag'],
    ['70000', 'It knows response flags'],
    ['%', 'It knows response flags'],
  ])('%s', async (text, hint) => {
    const run = await runCommand(ExplainCommand, [text]);
    expect([run.exitCode, run.stdout, run.stderr]).toEqual([64, '', expect.stringContaining(hint)]);
  });
});

test.each([
  'no_route',
  'No Route',
  'NO-ROUTE',
  'service-fqdn',
  'NoHealthyUpstream',
  'nohealthyupstream',
  'Virtualinbound',
])('%s is known as it is', (text) => {
  expect(termsNamed(text)).not.toEqual([]);
});
