'use strict';
// The WebSocket side, with a word for what is refused and none for what goes well.

const { STATUS_CODES } = require('node:http');
const { WebSocketServer } = require('ws');
const { hostAllowed, originAllowed, tokenError, tokenOf } = require('../contract/guards');
const { attend, routeOf } = require('../contract/sockets');

const sockets = new WebSocketServer({ noServer: true });

function refuse(socket, status, why) {
  console.error(`ws: ${why}`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function routeUpgrade(request, socket, head) {
  const route = routeOf(request);
  const error = tokenError(tokenOf(request));
  socket.on('error', () => socket.destroy());
  if (!hostAllowed(request)) return refuse(socket, 403, `blocked host ${request.headers.host}`);
  if (!originAllowed(request)) return refuse(socket, 403, `origin ${request.headers.origin} not allowed`);
  if (!route) return refuse(socket, 404, `no route for upgrade request ${request.url}`);
  if (error) return refuse(socket, 401, `handshake refused, ${error}`);
  return sockets.handleUpgrade(request, socket, head, (opened) => attend(opened, route));
}

function serveSockets(server) {
  server.on('upgrade', routeUpgrade);
}

module.exports = { serveSockets };
