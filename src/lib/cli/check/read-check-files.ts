/** Reads check files from paths, `-` being standard input. */
import { UsageError } from '../../errors';
import { fileBody, streamBody, textOfBody } from '../../source/body';
import { parseCheckFile } from '../../check/parse-check-file';
import type { CheckFile } from '../../check/check-file';
import { keepSecretsOf, keepSecretVariables } from '../given-secrets';
import type { Streams } from '../streams';

/** Every file, read and held against the schema before anything is checked. */
export async function readCheckFiles(paths: readonly string[], streams: Streams): Promise<readonly CheckFile[]> {
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice`);
  const files: CheckFile[] = [];
  for (const path of paths) {
    const body = path === '-' ? streamBody('standard input', streams.stdin) : fileBody(path);
    const text = await textOfBody(body, 'checks');
    keepSecretVariables(text, streams.env);
    files.push(parseCheckFile(body.label, text, streams.env));
  }
  keepSecretsOf(files.flatMap(({ checks }) => checks));
  return files;
}
