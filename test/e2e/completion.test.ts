/** The scripts of completion, read by the real shells and asked what may stand at the cursor. */
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHELLS } from '../../src/lib/completion/scripts';
import { temporaryDirectory } from '../helpers/temporary-directory';

const RUN = join(__dirname, '../../bin/run.js');

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Where a shell is missing the test says so; in CI, which installs them, that is a failure. */
function testWith(shell: string, name: string, run: (bin: string) => void): void {
  const isMissing = !has(shell);
  if (isMissing && process.env['MCTL_REQUIRE_SHELLS'] !== '1') {
    it.skip(`${name}: skipped, for there is no ${shell}`, () => undefined);
    return;
  }
  it(name, () => {
    const directory = temporaryDirectory();
    const bin = directory.path;
    symlinkSync(RUN, join(bin, 'mctl'));
    symlinkSync(RUN, join(bin, 'kubectl-mctl'));
    run(bin);
  });
}

function ask(shell: string, bin: string, script: string): readonly string[] {
  const file = join(bin, `script.${shell}`);
  writeFileSync(file, script);
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, KUBECONFIG: '/nonexistent', HOME: bin };
  return execFileSync(shell, [file], { encoding: 'utf8', env })
    .split('\n')
    .filter((line) => line !== '');
}

describe('completion scripts', () => {
  it.each(SHELLS)('%s has one', (shell) => {
    const script = execFileSync('node', [RUN, 'completion', shell], { encoding: 'utf8' });
    expect(script).toContain('mctl __complete --');
    expect(script).toContain('kubectl-mctl');
  });

  it('refuses a shell that it does not know, and is silent where the cluster is away', () => {
    expect(() => execFileSync('node', [RUN, 'completion', 'tcsh'], { stdio: 'pipe' })).toThrow();
    const env = { ...process.env, KUBECONFIG: '/nonexistent' };
    expect(execFileSync('node', [RUN, '__complete', '--', 'pc', 'listener', ''], { encoding: 'utf8', env })).toBe('');
  });

  testWith('bash', 'bash completes commands, flags, values and pods', (bin) => {
    const complete = (line: string): readonly string[] => {
      const words = line.split(' ');
      const list = words.map((word) => `'${word}'`).join(' ');
      return ask(
        'bash',
        bin,
        `source <(mctl completion bash)\nCOMP_WORDS=(${list})\nCOMP_CWORD=${words.length - 1}\n_mctl\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`,
      );
    };
    expect(complete('mctl pc lis')).toEqual(['listener']);
    expect(complete('mctl pc listener -o ya')).toEqual(['yaml']);
    expect(complete('mctl pc listener --output = ya')).toEqual(['yaml']);
    expect(complete('mctl pc listener --sample prod')).toEqual(['productpage-v1-6b746f74dc-9stvs.bookinfo']);
  });

  testWith('zsh', 'zsh reads the script and asks for candidates', (bin) => {
    const lines = ask(
      'zsh',
      bin,
      [
        'autoload -Uz compinit && compinit -u -D',
        'compadd() { shift; print -rl -- "$@" }',
        'source <(mctl completion zsh)',
        'print -- ${_comps[mctl]} ${_comps[kubectl-mctl]}',
        'words=(mctl pc listener --sample prod); CURRENT=5',
        '_mctl',
      ].join('\n'),
    );
    expect(lines).toEqual(['_mctl _mctl', 'productpage-v1-6b746f74dc-9stvs.bookinfo']);
  });

  testWith('fish', 'fish reads the script and asks for candidates', (bin) => {
    const lines = ask('fish', bin, "mctl completion fish | source\ncomplete -C 'mctl pc listener --sample prod'\n");
    expect(lines).toEqual(['productpage-v1-6b746f74dc-9stvs.bookinfo']);
  });
});
