// Loaded into a run before it begins: writes down every socket that the run listens on.
const { appendFileSync } = require('node:fs');
const net = require('node:net');

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...options) {
  appendFileSync(process.env.MCTL_TEST_LISTENING, `${JSON.stringify(options)}\n`);
  return listen.apply(this, options);
};
