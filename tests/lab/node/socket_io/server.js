'use strict';
// express and socket.io, and ws beside them. WORKERS=2 shares the port between processes, and nothing makes clients stick.

const cluster = require('node:cluster');
const http = require('node:http');
const express = require('express');
const { api } = require('../contract/api');
const { host, port, prefix } = require('../contract/settings');
const { serveSocketIo } = require('./channels');
const { serveSockets } = require('./sockets');

const WORKERS = Number(process.env.WORKERS || 1);

function serve() {
  const app = express();
  app.use(
    prefix || '/',
    api((request, error) => console.error(`[auth] ${request.originalUrl} refused: ${error}`)),
  );
  const server = http.createServer(app);
  serveSocketIo(server);
  serveSockets(server);
  server.listen(port, host, () => console.log(`⚡ Server listening on port ${port} (pid ${process.pid})`));
}

function share() {
  console.log(`👑 Primary ${process.pid} is running`);
  for (let started = 0; started < WORKERS; started += 1) cluster.fork();
  cluster.on('exit', (worker, code) => {
    console.error(`💀 Worker ${worker.process.pid} died with code ${code}, starting another`);
    cluster.fork();
  });
}

process.on('SIGTERM', () => process.exit(0));
if (WORKERS > 1 && cluster.isPrimary) share();
else serve();
