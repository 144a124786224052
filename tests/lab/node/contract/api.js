'use strict';
// The HTTP side of the contract as an express router; `refused` is told of every token that was no good.

const express = require('express');
const { allowedOrigins } = require('./settings');
const { originAllowed, tokenError, tokenOf } = require('./guards');
const { items, addItem, waited, basketTotal, chargeLater } = require('./shop');

function cors(request, response, next) {
  const { origin } = request.headers;
  if (origin && originAllowed(request)) response.set('Access-Control-Allow-Origin', allowedOrigins ? origin : '*');
  next();
}

function api(refused) {
  const router = express.Router();

  function authenticated(request, response, next) {
    const error = tokenError(tokenOf(request));
    if (!error) return next();
    refused(request, error);
    return response.status(401).json({ error: error.message });
  }

  router.use(cors);
  router.get('/api/health', (request, response) => response.json({ status: 'ok', uptime: process.uptime() }));
  router.get('/api/items', authenticated, (request, response) => response.json(items));
  router.post('/api/items', authenticated, express.json(), (request, response) =>
    response.status(201).json(addItem(request.body)),
  );
  router.get('/api/slow', async (request, response) => response.json(await waited(Number(request.query.s || 1))));
  router.get('/api/broken', (request, response) => response.json({ total: basketTotal(request.session) }));
  router.get('/api/crash', chargeLater);
  return router;
}

module.exports = { api };
