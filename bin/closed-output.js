// Whether standard output was closed (`>&-`) when the process began.
const { fstatSync, readFileSync, readlinkSync, statSync } = require('node:fs');

const NULL = '/dev/null';
/** How shells are called; their `> /dev/null` opens it for writing alone. */
const SHELL = /^-?(?:sh|ash|bash|dash|fish|ksh|mksh|yash|zsh|busybox)$/;

/**
 * Node opens /dev/null for reading and writing in place of a closed descriptor before any JavaScript runs, so that all writes
 * go well and are lost. Programs that want no output open it so themselves; shells do not. Where Linux tells that the parent is
 * a shell which has another standard output, ours was closed by it. A shell that replaces itself by the program cannot be seen.
 */
function isOutputClosed() {
  try {
    const found = fstatSync(1);
    if (!found.isCharacterDevice() || found.rdev !== statSync(NULL).rdev) return false;
    const [, flags = '1'] = /^flags:\s*(\d+)/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8')) ?? [];
    if ((parseInt(flags, 8) & 3) !== 2) return false;
    const parent = `/proc/${process.ppid}`;
    return SHELL.test(readFileSync(`${parent}/comm`, 'utf8').trim()) && outputOf(parent) !== NULL;
  } catch {
    return false;
  }
}

/** What a process's standard output leads to; null where it has none. */
function outputOf(process) {
  try {
    return readlinkSync(`${process}/fd/1`);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

module.exports = { isOutputClosed };
