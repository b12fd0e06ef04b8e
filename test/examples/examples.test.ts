import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { parseAllDocuments } from 'yaml';
import CaptureCommand from '../../src/commands/capture';
import CheckCommand from '../../src/commands/check';
import LintCommand from '../../src/commands/lint';
import { normalArguments } from '../../src/lib/cli/arguments';
import { parseCheckFile } from '../../src/lib/check/parse-check-file';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const CI = join(ROOT, 'examples/ci');
const text = (name: string): string => readFileSync(join(CI, name), 'utf8');
const files = readdirSync(CI);

/** Every value of a YAML document's texts. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

const documents = (name: string): any[] =>
  parseAllDocuments(text(name)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });

describe('examples', () => {
  it('of a check file passes, without a word on the command line', async () => {
    const run = await runCommand(CheckCommand, [join(ROOT, 'examples/bookinfo.yaml'), '-o', 'json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ passed: 7, failed: 0, unjudged: 0 });
  });

  it.each(files.filter((name) => name.startsWith('github')))('for GitHub Actions are workflows: %s', (name) => {
    expect(validateWorkflow(text(name)).errors).toEqual([]);
  });

  it('have no mistake that the linter of workflows would not find', () => {
    expect(validateWorkflow('on: push\njobs: {a: {runs-on: x, stepz: []}}').errors).not.toEqual([]);
  });

  it('for GitLab has jobs with scripts, and stages that there are', () => {
    const [{ stages, default: standard, ...jobs }] = documents('gitlab-ci.yml');
    expect(standard.image).toBe('node:24');
    for (const job of Object.values<any>(jobs)) {
      expect(stages).toContain(job.stage);
      expect(job.script.length).toBeGreaterThan(0);
      for (const need of job.needs ?? []) expect(Object.keys(jobs)).toContain(need.job);
    }
  });

  it('for a cluster name one another rightly', () => {
    const [account, role, binding, config, cron] = documents('cronjob.yaml');
    expect([account, role, binding, config, cron].map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'ConfigMap',
      'CronJob',
    ]);
    expect(binding.roleRef).toMatchObject({ kind: 'Role', name: role.metadata.name });
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', ...account.metadata }]);
    const pod = cron.spec.jobTemplate.spec.template.spec;
    expect(pod.serviceAccountName).toBe(account.metadata.name);
    expect(pod.volumes[0].configMap.name).toBe(config.metadata.name);
    expect(parseCheckFile('checks.yaml', config.data['checks.yaml'], {}).checks).toHaveLength(1);
    const [claim, job, merge] = documents('indexed-job.yaml');
    for (const { spec } of [job, merge]) {
      const { volumes } = spec.template.spec;
      expect(volumes.find(({ name }: any) => name === 'reports').persistentVolumeClaim.claimName).toBe(
        claim.metadata.name,
      );
    }
    expect(job.spec).toMatchObject({
      completionMode: 'Indexed',
      completions: 4,
      template: { spec: { serviceAccountName: 'mctl' } },
    });
  });

  it('call mctl with flags that it has', () => {
    const flagsOf = { check: CheckCommand, lint: LintCommand, capture: CaptureCommand } as const;
    const own = files.flatMap((name) =>
      documents(name).flatMap((document) => [...textsOf(document), ...argsOf(document)]),
    );
    const calls = own.flatMap((one) => [...one.matchAll(/(?:^|\s)mctl (check|lint|capture) ([^|]*)/g)]);
    expect(calls.length).toBeGreaterThan(7);
    for (const [, command, rest = ''] of calls) {
      const flags = flagsOf[command as keyof typeof flagsOf].flags as any;
      const argv = rest
        .trim()
        .replace(/\$\(\([^)]*\)\)|\$\{\{[^}]*\}\}/g, '1')
        .replaceAll('"', '')
        .split(/\s+/);
      expect(() => normalArguments(argv, flags)).not.toThrow();
    }
  });
});

/** What the containers of the examples run, against the sample: the directories that are mounted are made below another. */
describe('the commands of a cluster', () => {
  const directory = temporaryDirectory();
  symlinkSync(join(ROOT, 'bin/run.js'), join(directory.path, 'mctl'));
  cpSync(join(ROOT, 'examples/bookinfo.yaml'), join(directory.path, 'checks/bookinfo.yaml'));
  mkdirSync(join(directory.path, 'reports'));

  function runContainer({ command, args, env = [] }: any, more: Record<string, string> = {}) {
    const here = (word: string): string =>
      word
        .replace(/\/(checks|reports)(?=\/)/g, `${directory.path}/$1`)
        .replaceAll('-n shop', '-n bookinfo')
        .replace(/^shop$/, 'bookinfo');
    const [program, ...words] = [...(command ?? ['mctl']), ...args].map(here);
    const variables = Object.fromEntries(env.map(({ name, value }: any) => [name, value]));
    return spawnSync(program ?? '', words, {
      encoding: 'utf8',
      env: {
        PATH: `${directory.path}:${process.env['PATH'] ?? ''}`,
        MCTL_SNAPSHOT: join(ROOT, 'sample'),
        ...variables,
        ...more,
      },
    });
  }

  const containerOf = (job: any): any => job.spec.template.spec.containers[0];

  it('of the Indexed Job share the checks, and that of the second Job merges their reports', () => {
    const [, job, merge] = documents('indexed-job.yaml');
    for (let index = 0; index < job.spec.completions; index++) {
      const run = runContainer(containerOf(job), { JOB_COMPLETION_INDEX: String(index) });
      expect([run.stderr, run.status]).toEqual(['', 0]);
    }
    const merged = runContainer(containerOf(merge));
    expect([merged.stdout.trimEnd().split('\n').at(-1), merged.status]).toEqual(['7 passed, 0 failed', 0]);
    expect(readFileSync(join(directory.path, 'reports/mctl-shards-1/report.xml'), 'utf8')).toContain('tests="7"');
  });

  it('of the CronJob lint and check', () => {
    const { spec } = documents('cronjob.yaml').at(-1).spec.jobTemplate.spec.template;
    const [lint, check] = [...spec.initContainers, ...spec.containers];
    expect(runContainer(lint)).toMatchObject({ status: 0, stderr: 'Nothing found.\n' });
    cpSync(join(ROOT, 'examples/bookinfo.yaml'), join(directory.path, 'checks/checks.yaml'));
    expect(runContainer(check)).toMatchObject({ status: 0, stdout: expect.stringContaining('1..7') });
  });

  it('run in an image whose user has no rights', () => {
    const image = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    expect(image).toMatch(/^USER 1000:1000$/m);
    expect(image).toMatch(/^ENTRYPOINT \["mctl"\]$/m);
  });
});

/** `args` of containers as command lines. */
function argsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { args } = value as { args?: unknown };
  const own = Array.isArray(args) && args.length > 1 ? [`mctl ${args.join(' ')}`] : [];
  return [...own, ...Object.values(value).flatMap(argsOf)];
}
