/**
 * What the bundle has for `@oclif/core`: the parts that running a command needs, without those of plug-ins and updates
 * that the package's own index loads.
 */
export { Command } from '@oclif/core/command';
export * as Args from '@oclif/core/args';
export * as Flags from '@oclif/core/flags';
