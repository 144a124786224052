'use strict';
// The HTTP side: express, and a line on the console for every answer.

const express = require('express');
const { api } = require('../contract/api');
const { hostAllowed } = require('../contract/guards');
const { prefix, allowedHosts } = require('../contract/settings');

const app = express();

app.use((request, response, next) => {
  const begin = Date.now();
  const { method, originalUrl } = request;
  response.on('finish', () => console.log(`📥 ${method} ${originalUrl} ${response.statusCode} ${Date.now() - begin}ms`));
  next();
});

app.use((request, response, next) => {
  if (hostAllowed(request)) return next();
  console.warn('🚫 Invalid Host header', { host: request.headers.host, allowedHosts });
  return response.status(403).send('Invalid Host header');
});

app.use(
  prefix || '/',
  api((request, error) => console.error(`❌ Authentication failed for ${request.originalUrl}: ${error}`)),
);

module.exports = { app };
