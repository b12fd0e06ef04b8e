/** oclif's configuration for a command that runs: mctl has no plug-ins, so there is nothing to find and load first. */
import { Config } from '@oclif/core';

/** @param root the package's directory */
export function commandConfig(root: string, version: string): Config {
  const config = new Config({ root });
  config.bin = 'mctl';
  config.name = 'mctl';
  config.root = root;
  config.version = version;
  config.runHook = () => Promise.resolve({ successes: [], failures: [] });
  return config;
}
