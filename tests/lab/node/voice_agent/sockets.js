'use strict';
// The WebSocket side: who may dial (by origin), and where the path leads.

const { WebSocketServer } = require('ws');

const allowedOrigins = [
  process.env.FRONTEND_URL,
  ...(process.env.EXTRA_ORIGINS || '').split(','),
  'http://localhost:3000',
].filter(Boolean);

const liveCalls = new WebSocketServer({ noServer: true });
const webVoice = new WebSocketServer({ noServer: true });

for (const server of [liveCalls, webVoice]) server.on('connection', connected);

function connected(socket, request) {
  const remoteAddress = request.headers['x-forwarded-for'] || request.socket.remoteAddress;
  console.log('Client connected', { remoteAddress, origin: request.headers.origin });
  socket.on('close', (code) => console.log('Client disconnected', { remoteAddress, code }));
}

function refuse(socket, status) {
  socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
  socket.destroy();
}

function serverOf(pathname) {
  if (pathname === '/ws/live-calls') return [liveCalls, '/ws/live-calls'];
  if (pathname.startsWith('/api/web-voice/')) return [webVoice, '/api/web-voice'];
  return [null, pathname];
}

function routeUpgrade(request, socket, head) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const { origin } = request.headers;
  if (!allowedOrigins.includes(origin)) {
    console.warn('[WebSocket] Origin not allowed', { origin, allowedOrigins });
    return refuse(socket, '403 Forbidden');
  }
  console.log('[WebSocket] Upgrade request received', { pathname, origin });
  const [server, name] = serverOf(pathname);
  if (!server) return refuse(socket, '404 Not Found');
  console.log(`[WebSocket] Handling ${name} upgrade`);
  return server.handleUpgrade(request, socket, head, (opened) => {
    console.log(`[WebSocket] ${name} upgrade successful, emitting connection event`);
    server.emit('connection', opened, request);
  });
}

module.exports = { routeUpgrade };
