// How the process ends.
const { writeSync } = require('node:fs');
const { isOutputClosed } = require('./closed-output.js');

/** 128 and the signal's number, as shells have it for a program whose reader has gone away. */
const BROKEN_PIPE = 141;
const UNAVAILABLE = 69;

/** Ends the process with a status; that of a broken pipe as cat does, by the signal. */
function end(status) {
  if (status === BROKEN_PIPE && process.platform !== 'win32') {
    // Node ignores the signal from its start on; a listener that is taken away again leaves what the system does with it.
    const listener = () => undefined;
    process.on('SIGPIPE', listener).off('SIGPIPE', listener);
    process.kill(process.pid, 'SIGPIPE');
  }
  process.exit(status);
}

/** Prints a text that is the whole answer, and ends with 0 only if it is out, byte for byte. */
function printWhole(text) {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    if (isOutputClosed()) throw Object.assign(new Error('it is closed'), { code: 'EBADF' });
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    if (error.code !== 'EAGAIN') return fail(error);
    // A pipe that is full, and of which somebody has said that it is not to be waited for: a stream waits.
    process.stdout.on('error', fail).write(bytes.subarray(written));
  }
}

function fail(error) {
  if (error.code === 'EPIPE') end(BROKEN_PIPE);
  process.exitCode = UNAVAILABLE;
  process.stderr.on('error', () => undefined);
  process.stderr.write(`Error: write standard output: ${error.message}\n`);
}

module.exports = { end, printWhole };
