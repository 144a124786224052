'use strict';
// Plain WebSockets beside socket.io. A path that is neither's is left to engine.io, which hangs up after a second.

const { WebSocketServer } = require('ws');
const { originAllowed, tokenError, tokenOf } = require('../contract/guards');
const { attend, routeOf } = require('../contract/sockets');

const sockets = new WebSocketServer({ noServer: true });

function refuse(socket, status, why) {
  console.error(`[ws] upgrade rejected: ${why}`);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

function routeUpgrade(request, socket, head) {
  const route = routeOf(request);
  if (!route) return;
  socket.on('error', () => socket.destroy());
  const error = tokenError(tokenOf(request));
  if (!originAllowed(request)) refuse(socket, '403 Forbidden', `origin ${request.headers.origin} not allowed`);
  else if (error) refuse(socket, '401 Unauthorized', `${error}`);
  else sockets.handleUpgrade(request, socket, head, (opened) => connected(opened, request, route));
}

function connected(socket, request, route) {
  console.log(`[ws] client connected to ${request.url}`);
  socket.on('close', (code) => console.log(`[ws] client disconnected from ${route}`, { code }));
  attend(socket, route);
}

function serveSockets(server) {
  server.on('upgrade', routeUpgrade);
}

module.exports = { serveSockets };
