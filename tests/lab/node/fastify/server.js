'use strict';
// fastify and @fastify/websocket with the logger switched on; what is refused is thrown, and fastify answers and logs it.

const fastify = require('fastify');
const websocket = require('@fastify/websocket');
const { hostAllowed } = require('../contract/guards');
const { host, port, prefix } = require('../contract/settings');
const { api } = require('./api');
const { sockets } = require('./sockets');

const app = fastify({ logger: true });

app.register(websocket);
app.addHook('onRequest', async (request, reply) => {
  if (hostAllowed(request)) return;
  reply.code(403);
  throw new Error(`Host ${request.headers.host} is not allowed`);
});
app.register(api, { prefix });
app.register(sockets, { prefix });

app.listen({ host, port }, (error) => {
  if (!error) return;
  app.log.error(error);
  process.exit(1);
});
