'use strict';
// express and ws, and everything said with console.log. LOG_TIMES=1 puts the time before each line.

const http = require('node:http');
const { host, port } = require('../contract/settings');

if (process.env.LOG_TIMES) {
  for (const level of ['log', 'warn', 'error']) {
    const plain = console[level].bind(console);
    console[level] = (...said) => plain(`[${new Date().toISOString()}]`, ...said);
  }
}

const { app } = require('./http');
const { routeUpgrade } = require('./sockets');

const server = http.createServer(app);
server.on('upgrade', routeUpgrade);
server.listen(port, host, () => console.log(`🚀 Server running on http://${host}:${port}`));

process.on('SIGTERM', () => {
  console.log('🛑 SIGTERM received, shutting down');
  process.exit(0);
});
