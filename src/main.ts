/** What the built package exports to bin/run.js and to oclif. */
export { COMMANDS } from './commands';
export { main } from './lib/cli/main';
