'use strict';
// The voice agent's backend on a hosted platform: live calls for the dashboard, one socket per web call.

const http = require('node:http');
const { handle } = require('./http');
const { routeUpgrade } = require('./sockets');

const PORT = Number(process.env.PORT || 5006);

const server = http.createServer(handle);
server.on('upgrade', routeUpgrade);
server.listen(PORT, process.env.HOST || '127.0.0.1', () => {
  console.log(`[Server] Listening on port ${PORT}`);
  console.log('[Server] Environment', { NODE_ENV: process.env.NODE_ENV || 'production', PORT });
});

process.on('SIGTERM', () => {
  console.log('[Server] SIGTERM received, shutting down');
  process.exit(0);
});
