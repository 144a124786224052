'use strict';
// express and ws, and everything said in pino's JSON lines; requests by pino-http.

const http = require('node:http');
const express = require('express');
const pino = require('pino');
const pinoHttp = require('pino-http');
const { api } = require('../contract/api');
const { hostAllowed } = require('../contract/guards');
const { host, port, prefix, allowedHosts } = require('../contract/settings');
const { serveSockets } = require('./sockets');

const logger = pino({ level: process.env.LOG_LEVEL || 'info' });
const app = express();

function levelOf(request, response, error) {
  if (error || response.statusCode >= 500) return 'error';
  return response.statusCode >= 400 ? 'warn' : 'info';
}

app.use(pinoHttp({ logger, customLogLevel: levelOf }));

app.use((request, response, next) => {
  if (hostAllowed(request)) return next();
  request.log.warn({ host: request.headers.host, allowedHosts }, 'Invalid Host header');
  return response.status(403).json({ error: 'Invalid Host header' });
});

app.use(
  prefix || '/',
  api((request, error) => request.log.warn({ err: error }, 'authentication failed')),
);

app.use((error, request, response, next) => {
  if (response.headersSent) return next(error);
  response.err = error;
  return response.status(500).json({ error: 'Internal Server Error' });
});

const server = http.createServer(app);
serveSockets(server, logger.child({ module: 'websocket' }));
server.on('error', (error) => {
  logger.fatal(error, 'server failed');
  process.exitCode = 1;
});
server.listen(port, host, () => logger.info({ host, port }, `Server listening at http://${host}:${port}`));

process.on('uncaughtException', (error) => {
  logger.fatal(error, 'uncaught exception');
  process.exit(1);
});
process.on('SIGTERM', () => {
  logger.info('SIGTERM received, shutting down');
  process.exit(0);
});
