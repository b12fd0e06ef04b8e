// Makes man/*.1 from the manifest: mctl(1), and a page for each command. --check fails where they are not current.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const directory = join(root, 'man');
const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'));
const { version, description, oclif } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Text as roff reads it: no request, no escape, hyphens that can be searched and pasted. */
function roff(text) {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return escaped.replace(/^(?=[.'])/gm, '\\&');
}

const bold = (text) => `\\fB${roff(text)}\\fR`;
const italic = (text) => `\\fI${roff(text)}\\fR`;

const wordsOf = (id) => id.replaceAll(':', ' ');
const pageName = (id) => ['mctl', ...(id === null ? [] : id.split(':'))].join('-');

const header = (name) => `.TH ${name.toUpperCase()} 1 "" "mctl ${version}" "mctl"`;
const section = (title, lines) => (lines.length === 0 ? [] : [`.SH ${title}`, ...lines]);
const filled = (template, id) =>
  template.replaceAll('<%= config.bin %>', 'mctl').replaceAll('<%= command.id %>', wordsOf(id));

function flagLines(flag) {
  const long = bold(`--${flag.name}`);
  const short = flag.char === undefined ? '' : `${bold(`-${flag.char}`)}, `;
  const value = flag.type === 'boolean' ? '' : `=${italic(flag.helpValue ?? 'VALUE')}`;
  const standard = flag.type === 'boolean' || flag.default === undefined ? '' : ` Default: ${String(flag.default)}.`;
  return ['.TP', `${short}${long}${value}`, roff(`${flag.summary ?? flag.description ?? ''}${standard}`)];
}

/** Flags of the command itself first, those of every command last. */
const rankOf = (group) => (group === '' ? 0 : group === 'terminal' ? 2 : 1);

/** Flags under the headings that the help has. */
function flagSections(command) {
  const flags = Object.values(command.flags).filter(({ hidden }) => hidden !== true);
  const named = new Set(flags.map(({ helpGroup }) => helpGroup ?? ''));
  const groups = [...named].sort((a, b) => rankOf(a) - rankOf(b));
  return groups.flatMap((group) => [
    `.SH ${group === '' ? 'FLAGS' : `${group.toUpperCase()} FLAGS`}`,
    ...flags.filter(({ helpGroup }) => (helpGroup ?? '') === group).flatMap(flagLines),
  ]);
}

function exampleLines(example, id) {
  const { description: said, command } = typeof example === 'string' ? { command: example } : example;
  const lines = ['.PP', ...(said === undefined ? [] : [roff(`${said}:`)]), '.PP', '.nf', '.RS'];
  return [...lines, roff(filled(command, id)), '.RE', '.fi'];
}

function commandPage(id, command) {
  const name = pageName(id);
  const usage = [command.usage ?? '<%= command.id %> [FLAGS]'].flat();
  const aliases = (command.aliases ?? []).map((alias) => `mctl ${wordsOf(alias)}`);
  const lines = [
    header(name),
    ...section('NAME', [`${roff(name)} \\- ${roff(command.summary)}`]),
    ...section(
      'SYNOPSIS',
      usage.flatMap((line) => ['.PP', `${bold('mctl')} ${roff(filled(line, id))}`]),
    ),
    ...section('DESCRIPTION', [
      roff(command.summary),
      ...(command.description === undefined ? [] : ['.PP', roff(command.description)]),
      ...(aliases.length === 0 ? [] : ['.PP', roff(`Also: ${aliases.join(', ')}.`)]),
    ]),
    ...section(
      'ARGUMENTS',
      Object.values(command.args).flatMap((one) => [
        '.TP',
        italic(one.name.toUpperCase()),
        roff(one.description ?? ''),
      ]),
    ),
    ...flagSections(command),
    ...section(
      'EXAMPLES',
      (command.examples ?? []).flatMap((example) => exampleLines(example, id)),
    ),
    ...section('SEE ALSO', ['.BR mctl (1)']),
  ];
  return `${lines.join('\n')}\n`;
}

function mainPage(list) {
  const commandLines = list.flatMap(([id, { summary }]) => ['.TP', `.BR ${pageName(id)} (1)`, roff(summary)]);
  const topics = Object.entries(oclif.topics).filter(([, { hidden }]) => hidden !== true);
  const statuses = readFileSync(join(root, 'docs/exit-status.md'), 'utf8')
    .split('\n')
    .flatMap((line) => /^\| (\d+) +\| (.+?) +\|$/.exec(line)?.slice(1, 3) ?? [])
    .reduce(
      (rows, cell, at) => (at % 2 === 0 ? [...rows, [cell]] : [...rows.slice(0, -1), [...rows.at(-1), cell]]),
      [],
    );
  const lines = [
    header('mctl'),
    ...section('NAME', [`mctl \\- ${roff(description)}`]),
    ...section('SYNOPSIS', [`${bold('mctl')} ${italic('COMMAND')} [${italic('FLAGS')}]`]),
    ...section('DESCRIPTION', [
      roff(description),
      ...topics.flatMap(([name, topic]) => ['.TP', bold(name), roff(topic.description)]),
    ]),
    ...section('COMMANDS', commandLines),
    ...section(
      'EXIT STATUS',
      statuses.flatMap(([status, says]) => ['.TP', bold(status), roff(says.replaceAll('`', ''))]),
    ),
    ...section(
      'ENVIRONMENT',
      environment().flatMap(([name, says]) => ['.TP', bold(name), roff(says)]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The table of variables in README.md: one place says what they are. */
function environment() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, part = ''] = readme.split('## Environment variables');
  const rows = [...part.split('\n## ')[0].matchAll(/^\| (`[^|]+`) +\| (.+?) +\|$/gm)];
  if (rows.length === 0) throw new Error('README.md has no table of environment variables');
  return rows.map(([, name, says]) => [name.replaceAll('`', ''), says.replaceAll('`', '')]);
}

const list = Object.entries(commands).filter(([, { hidden }]) => hidden !== true);
const pages = new Map([
  ['mctl.1', mainPage(list)],
  ...list.map(([id, command]) => [`${pageName(id)}.1`, commandPage(id, command)]),
]);
if (process.argv.includes('--check')) {
  const there = readdirSync(directory);
  const stale = [...pages].filter(
    ([name, text]) => !there.includes(name) || readFileSync(join(directory, name), 'utf8') !== text,
  );
  const names = [...stale.map(([name]) => name), ...there.filter((name) => !pages.has(name))];
  if (names.length > 0) {
    console.error(`man/ is not current (${names.join(', ')}): run \`npm run man\` and commit it.`);
    process.exitCode = 1;
  }
} else {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  for (const [name, text] of pages) writeFileSync(join(directory, name), text);
}
