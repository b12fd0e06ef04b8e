/** Reads JUnit XML by a parser that is not ours. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Reads JUnit XML as a CI system would; the parser is an ES module. */
export function readJunit(xml: string): any {
  const script = `import { parse } from 'junit2json'; let xml = '';
    for await (const chunk of process.stdin) xml += chunk;
    process.stdout.write(JSON.stringify(await parse(xml)));`;
  const options = { input: xml, encoding: 'utf8', maxBuffer: 1 << 28, cwd: join(__dirname, '../..') } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], options));
}
