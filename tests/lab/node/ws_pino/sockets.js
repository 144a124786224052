'use strict';
// The WebSocket side as ws does it by itself: `shouldHandle` knows the paths (400 for others), `verifyClient` the rest.

const { WebSocketServer } = require('ws');
const { hostAllowed, originAllowed, tokenError, tokenOf } = require('../contract/guards');
const { allowedHosts, allowedOrigins } = require('../contract/settings');
const { attend, routeOf } = require('../contract/sockets');

function serveSockets(server, log) {
  function verifyClient({ req: request, origin }, done) {
    const { url } = request;
    if (!hostAllowed(request)) {
      log.warn({ url, host: request.headers.host, allowedHosts }, 'Invalid Host header');
      return done(false, 403, 'Forbidden');
    }
    if (!originAllowed(request)) {
      log.warn({ url, origin, allowedOrigins }, 'WebSocket origin not allowed');
      return done(false, 403, 'Forbidden');
    }
    const error = tokenError(tokenOf(request));
    if (!error) return done(true);
    log.warn({ url, err: error }, 'WebSocket authentication failed');
    return done(false, 401, 'Unauthorized');
  }

  const sockets = new WebSocketServer({ server, verifyClient });
  sockets.shouldHandle = (request) => routeOf(request) !== null;
  sockets.on('error', () => {}); // the HTTP server's own errors come here as well
  sockets.on('wsClientError', (error, socket, request) => {
    log.warn({ url: request.url, err: error }, 'WebSocket handshake failed');
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  sockets.on('connection', (socket, request) => {
    const { url, headers } = request;
    log.info({ url, origin: headers.origin, remoteAddress: request.socket.remoteAddress }, 'WebSocket client connected');
    socket.on('close', (code) => log.info({ url, code }, 'WebSocket closed'));
    attend(socket, routeOf(request));
  });
}

module.exports = { serveSockets };
