/** Commands that show a view: their flags come from it, and they run alike. */
import type { ReadView } from '../session/read-view';
import type { FilterFlag, View } from '../view/view';
import type { ViewName } from '../view/views';
import { MctlCommand } from './command';
import { filterFlag, outputFlag, portFlag, replicaFlags, sourceFlags, verboseFlag, failOnEmptyFlag } from './flags';
import { type ViewFormat, VIEW_FORMATS } from './formats';
import { runView } from './run-view';
import type { SourceFlags } from './session';

/** What of a view its command shows; whatever document it is made from. */
export type CommandView = Pick<View<never>, 'filters' | 'hasBrief' | 'valuesOf'>;

/** The filters of a view as flags. */
export function filterFlags({ filters }: Pick<CommandView, 'filters'>) {
  return Object.fromEntries(filters.map((filter) => [filter.flag, flagOf(filter)]));
}

function flagOf({ kind, summary, helpValue }: FilterFlag) {
  if (kind === 'port') return portFlag({ helpGroup: 'filter', summary });
  return filterFlag(summary, helpValue === null ? {} : { helpValue });
}

/** Every flag of a view's command: its filters, and what all views have. */
export function viewFlags(view: CommandView) {
  return {
    ...filterFlags(view),
    ...(view.hasBrief ? { verbose: verboseFlag } : {}),
    output: outputFlag(VIEW_FORMATS, 'short'),
    'fail-on-empty': failOnEmptyFlag,
    ...sourceFlags,
    ...replicaFlags,
  };
}

/** What a view's command was given. */
interface Given {
  readonly args: { readonly target?: string | undefined };
  readonly flags: SourceFlags & { readonly output: ViewFormat; readonly 'fail-on-empty': boolean };
}

/** What a view's command shows. */
export interface ViewToShow {
  /** The command's word in messages; a view that the library does not have, too, does not compile. */
  readonly noun: ViewName | 'endpoints';
  readonly view: CommandView;
  readonly read: ReadView;
}

/** The base of a view's command. */
export abstract class ViewCommand extends MctlCommand {
  /** Shows the view of the proxy or proxies that the command line names, and ends the run with its status. */
  protected async show({ noun, view, read }: ViewToShow, { args, flags }: Given): Promise<void> {
    const isBrief = (flags as { readonly verbose?: boolean }).verbose === false;
    const status = await runView(
      {
        wanted: { flags, target: args.target, noun },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        asked: { values: view.valuesOf(flags), isBrief },
        read,
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

/** A command's names under `proxy-config` and `pc`. @param id its own, which it has under `proxy-config` already */
export function aliasesOf(id: string, ...others: readonly string[]): string[] {
  return others.flatMap((name) => [`proxy-config:${name}`, `pc:${name}`]).concat(`pc:${id}`);
}
