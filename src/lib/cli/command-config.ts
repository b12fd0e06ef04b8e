/** oclif's configuration for a command that runs: mctl has no plug-ins, so there is nothing to find and load first. */
import type { Config } from '@oclif/core';
import { versionText } from './version-text';

/** What running a command asks of a configuration; what else a Config can do, it does for help and plug-ins alone. */
type RunConfig = Pick<Config, 'bin' | 'name' | 'root' | 'version' | 'userAgent' | 'topicSeparator'> &
  Pick<Config, 'runHook' | 'scopedEnvVar' | 'scopedEnvVarKeys'>;

/** @param root the package's directory */
export function commandConfig(root: string, version: string): Config {
  const config: RunConfig = {
    bin: 'mctl',
    name: 'mctl',
    root,
    version,
    userAgent: versionText(version),
    topicSeparator: ' ',
    runHook: () => Promise.resolve({ successes: [], failures: [] }),
    scopedEnvVar: () => undefined,
    scopedEnvVarKeys: () => [],
  };
  return config as unknown as Config;
}
