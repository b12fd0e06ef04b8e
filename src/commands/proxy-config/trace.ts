import { Args, Flags } from '@oclif/core';
import { unmetExpectations } from '../../lib/check/expectation';
import { MctlCommand } from '../../lib/cli/command';
import { outputFlag, sourceFlags } from '../../lib/cli/flags';
import { sourceWords } from '../../lib/cli/source-words';
import { type SourceFlags, withCaller } from '../../lib/cli/session';
import { unmetLines } from '../../lib/check/unmet-text';
import { parseExpectations } from '../../lib/cli/trace/expect-flags';
import { type ProveFlags, proveFlags, timesToSend } from '../../lib/cli/prove/prove-flags';
import type { Streams } from '../../lib/cli/streams';
import { bodyOfCurl, cutAtCurl, queryOfCurl, withForgottenDashes } from '../../lib/cli/trace/curl-arguments';
import { locator, manifestsFlag } from '../../lib/cli/trace/locator';
import { queryFromFlags, requestFlags } from '../../lib/cli/trace/trace-flags';
import { noteTimes, readToken, withToken } from '../../lib/cli/trace/token';
import { writeTrace } from '../../lib/cli/trace/trace-output';
import { shellWord } from '../../lib/shell-word';
import type { ConfigAt } from '../../lib/explain/html/config-text';
import { isAnswerBad } from '../../lib/explain/summary/shares';
import { TRACE_FORMATS } from '../../lib/explain/render-trace';
import { ExitCode, UsageError } from '../../lib/errors';
import { savedAt, type Tracer, TraceSession } from '../../lib/session/trace-session';
import type { MeshSource } from '../../lib/source/source';
import type { Trace } from '../../lib/trace/model';
import type { TraceQuery } from '../../lib/trace/request/query';

export default class TraceCommand extends MctlCommand {
  static override readonly summary = 'What becomes of one request: every decision on its way, and why.';
  static override readonly usage = [
    '<%= command.id %> [POD.NAMESPACE] URL [FLAGS]',
    '<%= command.id %> [POD.NAMESPACE] [FLAGS] -- curl …',
  ];
  static override readonly aliases = ['proxy-config:t', 'pc:t', 'pc:trace'];
  static override readonly examples = [
    {
      description: 'A request of the sample mesh, across both sidecars',
      command:
        "<%= config.bin %> pc trace productpage-v1-6b746f74dc-9stvs.bookinfo http://reviews:9080/reviews/0 -H 'end-user: luffy' --sample",
    },
    {
      description: 'The request that a curl command sends',
      command:
        "<%= config.bin %> pc trace productpage-v1-6b746f74dc-9stvs.bookinfo --sample -- curl -s -H 'end-user: luffy' http://reviews:9080/reviews/0",
    },
    {
      description: 'A saved dump, for CI: fails unless the request goes to this cluster',
      command:
        "<%= config.bin %> pc trace http://reviews:9080/ -f dump.json --expect 'cluster=outbound|9080||reviews.bookinfo.svc.cluster.local'",
    },
  ];
  static override readonly args = {
    target: Args.string({
      description: 'The proxy at which the walk begins: POD.NAMESPACE, deploy/NAME.NAMESPACE, …',
    }),
    url: Args.string({ description: 'The request: http, https, grpc, tcp or tls://HOST[:PORT]/PATH.' }),
  };
  static override readonly flags = {
    ...requestFlags,
    expect: Flags.string({
      multiple: true,
      helpValue: 'KEY=VALUE',
      summary:
        'What must come, such as verdict=delivered or hops[1].route=default; these alone then decide the exit status.',
    }),
    ...proveFlags,
    ...manifestsFlag,
    output: outputFlag(TRACE_FORMATS, 'tree'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    // The parser writes it anew.
    const words = [...this.argv];
    const { own, curl } = cutAtCurl(words);
    const { args, flags } = await this.parse(TraceCommand, [...own]).catch((error: unknown) => {
      throw withForgottenDashes(error, words);
    });
    const { target, url } = placesOf(args, curl);
    const asked = url === null ? queryOfCurl(curl ?? [], flags) : queryFromFlags(url, flags);
    const { query, plan } = await this.#planned(asked, url === null ? (curl ?? []) : [], flags);
    const expected = parseExpectations(flags.expect ?? []);
    const locate = await locator(flags.manifests, this.streams);
    const found = await withCaller({ flags, target, noun: 'trace' }, this.streams, async (named, mesh) => {
      if (flags.token !== undefined) noteTimes(query.claims ?? {}, await savedAt(mesh), this.streams);
      const tracer = await new TraceSession(mesh).open(named);
      const predicted = await tracer.trace(query, { allBranches: true, explain: flags.explain });
      const proved = plan === null ? predicted : await plan.prove(mesh, tracer, predicted, this.streams);
      const traced = locate(proved);
      const configAt: ConfigAt = (hop, pointer) => tracer.pieceOf(hop, pointer);
      const output = {
        format: flags.output,
        verbose: flags.verbose,
        explain: flags.explain,
        listBranches: flags['all-branches'],
        source: sourceWords(flags),
        configAt,
        origin: async () => {
          const { pageOrigin } = await import('../../lib/cli/trace/page-origin.js');
          return await pageOrigin(mesh, tracer, traced, ['pc', 'trace', ...words]);
        },
      };
      await writeTrace(traced, output, this.streams);
      return traced;
    });
    if (found.proof?.agrees === false) this.exit(ExitCode.no);
    if (flags.expect === undefined) {
      if (isAnswerBad(found)) this.exit(ExitCode.no);
      return;
    }
    const unmet = unmetExpectations(found, expected);
    for (const line of unmet.flatMap(unmetLines)) this.streams.note(line);
    if (unmet.length > 0) this.exit(ExitCode.no);
  }

  /** The question with the token that is named, and what is to be sent where it is to be proved. */
  async #planned(
    asked: TraceQuery,
    curl: readonly string[],
    flags: SourceFlags & ProveFlags & { readonly token?: string | undefined },
  ): Promise<{ readonly query: TraceQuery; readonly plan: PlannedProof | null }> {
    const { token } = flags;
    const query = token === undefined ? asked : withToken(asked, await readToken(token, this.streams), this.streams);
    const plan = timesToSend(flags) === 0 ? null : await planned(query, curl, flags);
    return { query: plan?.query ?? query, plan };
  }
}

interface PlannedProof {
  readonly query: TraceQuery;
  readonly prove: (mesh: MeshSource, tracer: Tracer, trace: Trace, streams: Streams) => Promise<Trace>;
}

/** Loaded where it is asked for alone. */
async function planned(
  query: TraceQuery,
  curl: readonly string[],
  flags: SourceFlags & ProveFlags,
): Promise<PlannedProof | null> {
  const { planProof } = await import('../../lib/cli/prove/plan.js');
  const { prove } = await import('../../lib/cli/prove/prove.js');
  const { withProof } = await import('../../lib/explain/summary/proof-words.js');
  const plan = planProof(query, bodyOfCurl(curl), flags);
  if (plan === null) return null;
  return {
    query: plan.query,
    prove: async (mesh, tracer, trace, streams) =>
      withProof(trace, await prove(mesh, tracer, trace, plan.wishes, streams)),
  };
}

function isUrl(text: string | undefined): boolean {
  return text?.includes('://') === true;
}

/** One argument is the URL: a proxy need not be named where there is one. A curl command names the URL itself: null. */
function placesOf(
  args: { readonly target?: string | undefined; readonly url?: string | undefined },
  curl: readonly string[] | null,
): { readonly target: string | undefined; readonly url: string | null } {
  const { target, url } = args;
  if (curl !== null) {
    if (url === undefined) return { target, url: null };
    throw new UsageError(`the URL ${url} is given beside a curl command, which names its own`, {
      hint: 'Leave one of them out.',
    });
  }
  if (url !== undefined && isUrl(target) && !isUrl(url)) {
    throw new UsageError(`the URL comes before the proxy ${url}`, {
      hint: `The proxy comes first: mctl pc trace ${shellWord(url)} ${shellWord(target ?? '')}`,
    });
  }
  if (url !== undefined) return { target, url };
  if (target !== undefined) return { target: undefined, url: target };
  throw new UsageError('trace requires a URL', {
    hint: 'For example: mctl pc trace POD.NAMESPACE http://reviews:9080/reviews/0',
  });
}
