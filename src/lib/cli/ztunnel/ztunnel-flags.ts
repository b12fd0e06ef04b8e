/** Flags and arguments that the commands of `ztunnel-config` share. */
import { Args, Flags } from '@oclif/core';
import { UsageError } from '../../errors';
import { sourceFlags } from '../flags';
import type { SourceFlags } from '../session';
import type { ZtunnelRequest } from '../../source/source';

/** As sourceFlags, for a ztunnel. */
export const ztunnelSourceFlags = {
  ...sourceFlags,
  node: Flags.string({
    helpGroup: 'source',
    helpValue: 'NODE',
    summary: 'The ztunnel of this node.',
  }),
};

/** A ztunnel, or a pod that it serves. As istioctl, more than one argument is let through, and the first counts. */
export const ztunnelArgument = Args.string({
  description:
    "A ztunnel's pod (POD, POD.NAMESPACE, TYPE/NAME), or a pod of ambient mode: the ztunnel of its node is meant.",
});

export type ZtunnelFlags = SourceFlags & { readonly node?: string | undefined };

/** What the command line says of the source. */
export interface ZtunnelWanted {
  readonly flags: ZtunnelFlags;
  /** What stands on the command line beside flags. */
  readonly argv: readonly unknown[];
  /** Whether any ztunnel will do where none is named. */
  readonly any: boolean;
}

/** The request that a command line makes. Throws UsageError for two ways of saying which ztunnel. */
export function requestOf({ flags, argv, any }: ZtunnelWanted): ZtunnelRequest {
  const target = typeof argv[0] === 'string' ? argv[0] : undefined;
  const ways = [(flags.file ?? []).length > 0, flags.node !== undefined, argv.length === 1].filter(Boolean);
  if (ways.length > 1) {
    throw new UsageError('at most one of --file, --node, or pod name must be passed', {
      hint: 'A file is one ztunnel, and a node has one.',
    });
  }
  return { target, node: flags.node, any };
}
