#!/usr/bin/env node
const { join } = require('node:path');
const { loadBundle } = require('./bundle.js');

const root = join(__dirname, '..');
const { main } = loadBundle(join(root, 'dist', 'main.js')).exports;
void main(root, process.argv.slice(2)).then((status) => process.exit(status));
