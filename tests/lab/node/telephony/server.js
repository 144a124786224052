'use strict';
// A telephony backend: call events for the agents' desk, audio streams from the carrier and to the desk.

const http = require('node:http');
const { handle } = require('./http');
const { routeUpgrade } = require('./sockets');

const PORT = Number(process.env.PORT || 5006);

const server = http.createServer(handle);
server.on('upgrade', routeUpgrade);
server.listen(PORT, process.env.HOST || '127.0.0.1', () => {
  console.log(`🚀 Server running on port ${PORT}`);
  console.log(`📞 Telnyx API base: ${process.env.TELNYX_API_BASE}`);
});

process.on('SIGTERM', () => {
  console.log('🛑 SIGTERM received, shutting down');
  process.exit(0);
});
