'use strict';
// socket.io: a chat with rooms. Every refusal of the engine is told, as its manual proposes.

const { Server } = require('socket.io');
const { hostAllowed, originAllowed, tokenError } = require('../contract/guards');
const { allowedOrigins, prefix } = require('../contract/settings');

function allowRequest(request, done) {
  if (!hostAllowed(request)) return done(`host not allowed: ${request.headers.host}`, false);
  if (!originAllowed(request)) return done(`origin not allowed: ${request.headers.origin}`, false);
  return done(null, true);
}

function authenticate(socket, next) {
  const { auth, query } = socket.handshake;
  const error = tokenError(auth.token || query.token || '');
  if (!error) return next();
  console.error(`[socket.io] ${socket.id} refused: ${error}`);
  return next(new Error('unauthorized'));
}

function connected(socket) {
  console.log(`[socket.io] client connected ${socket.id} (${socket.conn.transport.name})`);
  socket.conn.on('upgrade', (transport) => console.log(`[socket.io] ${socket.id} upgraded to ${transport.name}`));
  socket.on('join', (room) => socket.join(room));
  socket.on('message', (message) => socket.emit('message', message));
  socket.on('disconnect', (reason) => console.log(`[socket.io] client disconnected ${socket.id}: ${reason}`));
}

function serveSocketIo(server) {
  const io = new Server(server, {
    path: `${prefix}/socket.io`,
    cors: { origin: allowedOrigins || '*' },
    allowRequest,
  });
  io.engine.on('connection_error', ({ code, message, context, req: request }) =>
    console.log('[socket.io] connection_error', { code, message, context, url: request.url }),
  );
  io.use(authenticate);
  io.on('connection', connected);
}

module.exports = { serveSocketIo };
