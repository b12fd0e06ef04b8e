/**
 * Makes docs/symptoms.md: each symptom's command runs on its packed snapshot with 80 columns. `--check` compares, `--json` prints what
 * each command said, with what its first lines must name.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { README, SYMPTOMS } from './symptoms/list.mjs';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'symptoms.md');
const readme = join(root, 'README.md');
const COLUMNS = 80;

const INTRODUCTION = `# By symptom

What you see, the command that says why, and what it prints at ${COLUMNS} columns. The first six lines name the cause, the object to look at
and the next step; the rest is the way that the request took. Every command here was run by \`npm run symptoms\`, which makes this
page. In your mesh name your own pod and URL, and leave out \`--snapshot\` for the live cluster. \`mctl explain UF\` tells what a response
flag means; [terms.md](terms.md) has them all.
`;

/** Runs every command in a directory that holds its snapshot. */
function outputs() {
  const meshes = JSON.parse(
    brotliDecompressSync(readFileSync(join(root, 'test/fixtures/symptoms.json.br'))).toString(),
  );
  const directory = mkdtempSync(join(tmpdir(), 'mctl-symptoms-'));
  try {
    return [README, ...SYMPTOMS].map((symptom) => {
      const cwd = join(directory, symptom.mesh ?? 'sample');
      mkdirSync(cwd, { recursive: true });
      for (const [path, value] of Object.entries(meshes[symptom.mesh] ?? {})) {
        mkdirSync(dirname(join(cwd, path)), { recursive: true });
        writeFileSync(join(cwd, path), JSON.stringify(value));
      }
      const env = { PATH: process.env['PATH'] ?? '', HOME: directory, COLUMNS: String(COLUMNS) };
      const run = spawnSync(process.execPath, [join(root, 'bin/run.js'), ...symptom.args], {
        cwd,
        env,
        encoding: 'utf8',
      });
      const output = `${run.stdout}${run.stderr}`.trimEnd();
      return { ...symptom, output, status: run.status };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function shellWord(word) {
  return /^[\w.:/=,@-]+$/.test(word) ? word : `'${word}'`;
}

function section({ title, sees, also, args, output }) {
  const command = ['mctl', ...args].map(shellWord).join(' ');
  const text = [
    `## ${title}`,
    sees,
    `\`\`\`text\n$ ${command}\n${output}\n\`\`\``,
    ...(also === undefined ? [] : [also]),
  ];
  return text.join('\n\n');
}

function pageOf(all) {
  return `${[INTRODUCTION.trimEnd(), ...all.map(section)].join('\n\n')}\n`;
}

/** README.md with the trace of the sample that it shows. */
function readmeOf({ args, output }) {
  const shown = `$ ${['mctl', ...args].map(shellWord).join(' ')}\n${output}\n`;
  const place = /(<!-- trace: [^\n]*-->\n\n```text\n)[^]*?(?=```)/;
  const text = readFileSync(readme, 'utf8');
  if (!place.test(text)) throw new Error('README.md has no place for a trace');
  return text.replace(place, (_all, head) => `${head}${shown}`);
}

const [sample, ...all] = outputs();
const [mode] = process.argv.slice(2);
if (mode === '--json') {
  const told = all.map(({ title, output, status, names }) => ({ title, output, status, names: names.map(String) }));
  process.stdout.write(JSON.stringify({ symptoms: told, page: pageOf(all), readme: readmeOf(sample) }));
} else if (mode === '--check') {
  if (readFileSync(page, 'utf8') !== pageOf(all) || readFileSync(readme, 'utf8') !== readmeOf(sample)) {
    console.error(
      'docs/symptoms.md or README.md does not show what the commands print. Run: npm run build && npm run symptoms',
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, pageOf(all));
  writeFileSync(readme, readmeOf(sample));
  execFileSync(process.execPath, [join(root, 'node_modules/prettier/bin/prettier.cjs'), '--check', page], {
    stdio: 'inherit',
  });
}
