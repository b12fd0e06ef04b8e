// What views do not need, loaded when a command asks for it, by its code cache as bin/run.js loads the rest.
const { join } = require('node:path');
const { loadBundle } = require('./bundle.js');

module.exports = loadBundle(join(__dirname, '..', 'dist', 'rest.js')).exports;
