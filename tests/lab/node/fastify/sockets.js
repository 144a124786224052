'use strict';
// The WebSocket side: routes like any other, behind hooks that run before the upgrade.

const { originAllowed } = require('../contract/guards');
const { attend } = require('../contract/sockets');
const { authenticate } = require('./authenticate');

async function checkOrigin(request, reply) {
  if (originAllowed(request)) return;
  reply.code(403);
  throw new Error(`Origin ${request.headers.origin} is not allowed`);
}

function connected(route) {
  return (socket, request) => {
    request.log.info('client connected');
    socket.on('close', (code) => request.log.info({ code }, 'client disconnected'));
    attend(socket, route(request));
  };
}

async function sockets(app) {
  app.addHook('onRequest', checkOrigin);
  app.addHook('onRequest', authenticate);
  app.get('/ws/chat', { websocket: true }, connected(() => '/ws/chat'));
  app.get('/ws/events', { websocket: true }, connected(() => '/ws/events'));
  app.get('/ws/rooms/:room', { websocket: true }, connected(({ params }) => `/ws/rooms/${params.room}`));
}

module.exports = { sockets };
