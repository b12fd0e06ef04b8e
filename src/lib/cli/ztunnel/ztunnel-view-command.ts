/** Commands that show a view of a ztunnel: their flags come from it, and they run alike. */
import type { ZtunnelView } from '../../view/ztunnel/ztunnel-view';
import { MctlCommand } from '../command';
import { failOnEmptyFlag, outputFlag } from '../flags';
import { type ViewFormat, VIEW_FORMATS } from '../formats';
import { filterFlags } from '../view-command';
import { runZtunnelView } from './run-ztunnel-view';
import { type ZtunnelFlags, ztunnelSourceFlags } from './ztunnel-flags';

/** Every flag of a view's command: its filters, and what all views of a ztunnel have. */
export function ztunnelViewFlags(view: ZtunnelView) {
  return {
    ...filterFlags(view),
    output: outputFlag(VIEW_FORMATS, 'short'),
    'fail-on-empty': failOnEmptyFlag,
    ...ztunnelSourceFlags,
  };
}

/** What a view's command was given. */
interface Given {
  readonly argv: readonly unknown[];
  readonly flags: ZtunnelFlags & {
    readonly output: ViewFormat;
    readonly 'fail-on-empty': boolean;
    readonly raw?: boolean;
  };
}

/** The base of a view's command. */
export abstract class ZtunnelViewCommand extends MctlCommand {
  /**
   * Shows the view of the ztunnel that the command line names, and ends the run with its status.
   * @param any whether any ztunnel will do where none is named, because all know the same
   */
  protected async show(view: ZtunnelView, any: boolean, { argv, flags }: Given): Promise<void> {
    const status = await runZtunnelView(
      {
        wanted: { flags, argv, any },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        view,
        asked: { values: view.valuesOf(flags), isRaw: flags.raw === true },
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

/** A command's names under `ztunnel-config` and `zc`. @param id its own, which it has under `ztunnel-config` already */
export function ztunnelAliasesOf(id: string, ...others: readonly string[]): string[] {
  return others.map((name) => `ztunnel-config:${name}`).concat([id, ...others].map((name) => `zc:${name}`));
}
