// The cluster's client, loaded when a cluster is asked for, by its code cache as bin/run.js loads the rest.
const { join } = require('node:path');
const { loadBundle } = require('./bundle.js');

module.exports = loadBundle(join(__dirname, '..', 'dist', 'kubernetes.js')).exports;
