'use strict';
// The WebSocket side: one server without a port, and an upgrade listener that knows the paths.

const { WebSocketServer } = require('ws');
const { hostAllowed, originAllowed, tokenError, tokenOf } = require('../contract/guards');
const { allowedHosts, allowedOrigins } = require('../contract/settings');
const { attend, routeOf } = require('../contract/sockets');

const server = new WebSocketServer({ noServer: true });

server.on('connection', (socket, request, pathname) => {
  const ip = request.headers['x-forwarded-for'] || request.socket.remoteAddress;
  console.log(`👋 New client connected to ${pathname}`, { ip, clients: server.clients.size });
  socket.on('close', (code) => console.log(`🔌 WebSocket client disconnected from ${pathname}`, { code }));
  attend(socket, routeOf(request));
});

function refuse(socket, status) {
  socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  socket.destroy();
}

function routeUpgrade(request, socket, head) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const { origin, host } = request.headers;
  socket.on('error', () => socket.destroy());
  console.log('🔌 WebSocket upgrade request:', { pathname, origin, host });
  if (!hostAllowed(request)) {
    console.warn('🚫 Invalid Host header', { host, allowedHosts });
    return refuse(socket, '403 Forbidden');
  }
  if (!originAllowed(request)) {
    console.warn('🚫 [WebSocket] Origin not allowed', { origin, allowedOrigins });
    return refuse(socket, '403 Forbidden');
  }
  if (!routeOf(request)) {
    console.log(`❌ Unknown WebSocket path: ${pathname}`);
    return refuse(socket, '404 Not Found');
  }
  const error = tokenError(tokenOf(request));
  if (error) {
    console.error('❌ WebSocket authentication failed:', `${error}`);
    return refuse(socket, '401 Unauthorized');
  }
  console.log(`✅ Upgrading to WebSocket (path: ${pathname})`);
  return server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request, pathname));
}

module.exports = { routeUpgrade };
