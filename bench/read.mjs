// Reads a file to its end in pieces of a megabyte and does nothing with them: what no reader can be faster than.
import { openSync, readSync } from 'node:fs';

const file = openSync(process.argv[2], 'r');
const piece = Buffer.allocUnsafe(1 << 20);
while (readSync(file, piece) > 0);
