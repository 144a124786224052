'use strict';
// The HTTP side of the contract.

const { items, addItem, waited, basketTotal, chargeLater } = require('../contract/shop');
const { authenticate } = require('./authenticate');

async function api(app) {
  app.get('/api/health', async () => ({ status: 'ok' }));
  app.get('/api/items', { onRequest: authenticate }, async () => items);
  app.post('/api/items', { onRequest: authenticate }, async (request, reply) => {
    reply.code(201);
    return addItem(request.body);
  });
  app.get('/api/slow', (request) => waited(Number(request.query.s || 1)));
  app.get('/api/broken', async (request) => ({ total: basketTotal(request.session) }));
  app.get('/api/crash', () => chargeLater());
}

module.exports = { api };
