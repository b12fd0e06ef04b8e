import { Args, Flags } from '@oclif/core';
import { formatOf } from '../lib/access-log/format';
import { explainLine, type ExplainedLine } from '../lib/cli/access-log/explain-line';
import { type WrittenLine, writtenLine } from '../lib/cli/access-log/line-writer';
import { Prophets } from '../lib/cli/access-log/prophets';
import { linesOf } from '../lib/cli/access-log/read-lines';
import { MctlCommand } from '../lib/cli/command';
import { outputFlag, sourceFlags } from '../lib/cli/flags';
import { resultFormats } from '../lib/cli/result-formats';
import { isSourceGiven, type SourceFlags, withMesh } from '../lib/cli/session';
import { sourceWords } from '../lib/cli/source-words';
import { ExitCode, UsageError } from '../lib/errors';
import { lineText } from '../lib/explain/access-log/line-text';
import { termText } from '../lib/explain/access-log/term-text';
import { termHint, termsNamed } from '../lib/glossary/glossary';

/** Of a pipe, whose lines may be any length, and where prose is still easier to read in a column. */
const WIDTH = 100;

/** Terms or lines, as a value and as a text of so many columns. */
interface Explained {
  readonly value: object;
  readonly text: (width: number) => string;
}

const FORMATS = resultFormats(
  ({ value }: Explained) => value,
  { text: ({ text }, { width }) => text(width ?? WIDTH) },
  ['json', 'yaml'],
);

export default class ExplainCommand extends MctlCommand {
  static override readonly summary = 'A term in plain words, or an access log line held against the configuration.';
  static override readonly usage = '<%= command.id %> WHAT [FLAGS]';
  static override readonly examples = [
    { description: 'A response flag', command: '<%= config.bin %> <%= command.id %> UH' },
    {
      description: 'A cluster by its name',
      command: "<%= config.bin %> <%= command.id %> 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local'",
    },
    {
      description: 'A line of the sample mesh, and who would have to send the request for it to come out so',
      command:
        '<%= config.bin %> <%= command.id %> \'[2026-08-01T10:00:00.000Z] "GET /reviews/0 HTTP/1.1" 200 - via_upstream - "-" 0 379 12 11 "-" "curl/8.16.0" "4d5f6b3e" "reviews:9080" "10.244.0.13:9080" outbound|9080|v2|reviews.bookinfo.svc.cluster.local 10.244.0.5:41234 10.96.10.3:9080 10.244.0.5:51234 - -\' --sample --proxy productpage-v1-6b746f74dc-9stvs.bookinfo',
    },
    {
      description: 'Lines of an access log, and whether the configuration does the same',
      command: 'kubectl logs POD -c istio-proxy --tail 1 | <%= config.bin %> <%= command.id %> - --proxy POD.NAMESPACE',
    },
  ];
  static override readonly args = {
    what: Args.string({
      description:
        'A response flag, reason, stage, column, port or name of a listener, cluster or filter chain; or an access log line; - reads lines from standard input.',
    }),
  };
  static override readonly flags = {
    format: Flags.string({
      helpValue: 'FORMAT',
      summary: "The line's format: a format string of Envoy, or a JSON object of them.",
    }),
    proxy: Flags.string({ helpValue: 'POD.NAMESPACE', summary: 'The proxy that wrote the line.' }),
    output: outputFlag(FORMATS.names, 'text'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ExplainCommand);
    const { what = '' } = args;
    if (what === '')
      throw new UsageError('explain requires a term or a line', { hint: 'For example: mctl explain UH' });
    const terms = what === '-' ? [] : termsNamed(what);
    if (terms.length > 0) {
      await FORMATS.print({ value: { terms }, text: (width) => termText(terms, width) }, flags.output, this.streams);
      return;
    }
    const isWord = flags.format === undefined && !/\s|^\{/.test(what.trim());
    if (what !== '-' && isWord) throw unknownTerm(what);
    const lines = await this.#explained(what, flags);
    const explained: Explained = {
      value: lines.length === 1 ? (lines[0] ?? {}) : { lines },
      text: (width) => lines.map((line) => lineText({ ...line, comparison: line.says }, width)).join('\n'),
    };
    await FORMATS.print(explained, flags.output, this.streams);
    if (lines.some(({ comparison }) => comparison?.kind === 'differ')) this.exit(ExitCode.no);
  }

  /** Each line by itself, held against the pod that its prefix names, else against --proxy. */
  async #explained(what: string, flags: ExplainFlags): Promise<readonly ExplainedLine[]> {
    const formats = flags.format === undefined ? [] : [formatOf(flags.format, 'the format given')];
    const explain = async (writerOf: WriterOf): Promise<readonly ExplainedLine[]> => {
      const one = async (line: string): Promise<ExplainedLine> => {
        const { text, writer } = await writerOf(line);
        return await explainLine(text, formats, writer, sourceWords(flags));
      };
      if (what !== '-') return [await one(what)];
      const lines: ExplainedLine[] = [];
      for await (const line of linesOf('-', this.streams)) if (line.trim() !== '') lines.push(await one(line));
      if (lines.length === 0) throw new UsageError('standard input holds no line to explain');
      return lines;
    };
    if (flags.proxy === undefined && !isSourceGiven(flags, this.streams)) {
      return await explain((text) => Promise.resolve({ text, writer: null }));
    }
    return await withMesh(flags, this.streams, async (mesh) => {
      const place = { mesh, prophets: new Prophets(mesh), formats, proxy: flags.proxy };
      return await explain((line) => writtenLine(line, place));
    });
  }
}

type WriterOf = (line: string) => Promise<WrittenLine>;

type ExplainFlags = SourceFlags & { readonly format?: string | undefined; readonly proxy?: string | undefined };

function unknownTerm(what: string): UsageError {
  return new UsageError(`mctl knows no term ${JSON.stringify(what)}`, { hint: termHint(what) });
}
