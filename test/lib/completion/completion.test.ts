import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompletableCommand, completionOf } from '../../../src/lib/completion/candidates';

const manifest = JSON.parse(readFileSync(join(__dirname, '../../../oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, CompletableCommand>;
};
const commands = Object.values(manifest.commands);
const at = (...words: readonly string[]): ReturnType<typeof completionOf> => completionOf(words, commands);

describe('completion', () => {
  it('completes commands of both levels, hidden ones left out', () => {
    expect(at('').candidates).toEqual(expect.arrayContaining(['pc', 'zc', 'check', 'explain', 'completion']));
    expect(at('').candidates).not.toContain('__complete');
    expect(at('pc', 'li').candidates).toEqual(['listener']);
    expect(at('proxy-config', 'tr').candidates).toEqual(['trace']);
    expect(at('nonsense', '').candidates).toEqual([]);
  });

  it('completes flags, and values of those that have a list', () => {
    expect(at('pc', 'l', '--dir').candidates).toEqual(['--direction']);
    expect(at('pc', 'c', '-o', 'ya').candidates).toEqual(['yaml']);
    expect(at('pc', 'c', '--output=ya').candidates).toEqual(['--output=yaml']);
    expect(at('pc', 'c', '--fqdn', '').candidates).toEqual([]);
    expect(at('pc', 'c', '-f', '').wantsFiles).toBe(true);
  });

  it('asks for proxies where an argument names one', () => {
    expect(at('pc', 'listener', '').wantsProxies).toBe(true);
    expect(at('pc', 'listener', '--sample', 'prod').wantsProxies).toBe(true);
    expect(at('explain', 'UH', '--proxy', '').wantsProxies).toBe(true);
    expect(at('check', '').wantsFiles).toBe(true);
    expect(at('pc', 'trace', 'x', '--', 'curl', '')).toEqual({
      candidates: [],
      wantsProxies: false,
      wantsFiles: false,
    });
  });

  it.each(commands.map(({ id }) => id))('gives an answer at every place of %s', (id) => {
    const words = id.split(':');
    for (const flag of Object.keys(manifest.commands[id]?.flags ?? {})) {
      expect(at(...words, `--${flag}`).candidates.length).toBeGreaterThanOrEqual(0);
      expect(() => at(...words, `--${flag}`, '')).not.toThrow();
    }
  });
});
