#!/usr/bin/env node
const { join } = require('node:path');
const { main } = require('../dist/main.js');

void main(join(__dirname, '..'), process.argv.slice(2)).then((status) => process.exit(status));
