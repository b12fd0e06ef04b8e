/** Loaded before the program (`--require`): writes the most memory that the process had, in kilobytes, when it ends. */
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.MCTL_TEST_MEMORY, String(process.resourceUsage().maxRSS));
});
