/** docs/curl.md lists every option of curl, as the table in the code has it. UPDATE_DOCS=1 writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CURL_OPTIONS, type CurlOption } from '../../../src/lib/curl/options';

const FILE = join(__dirname, '../../../docs/curl.md');
const MARK = /(<!-- options: .* -->\n)[^]*$/;

/** On without being asked for: the manual lists what turns them off. */
const ON = new Set(['alpn', 'buffer', 'clobber', 'keepalive', 'npn', 'progress-meter', 'sessionid']);

function spelled({ name: own, letter }: CurlOption): string {
  const name = ON.has(own) ? `no-${own}` : own;
  return letter === null ? `\`--${name}\`` : `\`-${letter}\`, \`--${name}\``;
}

function listing(): string {
  const all = [...CURL_OPTIONS.values()];
  const shaping = all.filter(({ role }) => role.kind === 'shapes').map(spelled);
  const through = all.filter(({ role }) => role.kind === 'let through').map(spelled);
  const refused = all.flatMap((option) =>
    option.role.kind === 'refused' ? [`| ${spelled(option)} | ${option.role.because} |`] : [],
  );
  return [
    '',
    `**Understood:** ${shaping.join('; ')}.`,
    '',
    `**Let through:** ${through.join('; ')}.`,
    '',
    '**Named as not traceable:**',
    '',
    '| option | why |',
    '| --- | --- |',
    ...refused,
    '',
  ].join('\n');
}

describe('docs/curl.md', () => {
  it('lists every option', () => {
    const text = readFileSync(FILE, 'utf8');
    const whole = text.replace(MARK, (_all, mark: string) => `${mark}${listing()}`);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(FILE, whole);
    expect(readFileSync(FILE, 'utf8')).toBe(whole);
  });
});
