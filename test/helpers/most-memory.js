/** Loaded before the program (`--require`): writes the most memory that the process had, in kilobytes, when it ends. */
const { readFileSync, writeFileSync } = require('node:fs');

/** Where Linux says it: what `getrusage` gives counts the process that it was forked from, too. */
function mostKilobytes() {
  try {
    const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return kilobytes;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
}

process.on('exit', () => {
  writeFileSync(process.env.MCTL_TEST_MEMORY, String(mostKilobytes()));
});
