'use strict';
// node:http and ws without a framework; morgan writes the access lines (MORGAN=dev, common, tiny, ... for another form).

const http = require('node:http');
const morgan = require('morgan');
const { host, port, prefix } = require('../contract/settings');
const { hostAllowed, originAllowed, tokenError, tokenOf } = require('../contract/guards');
const { items, addItem, waited, basketTotal, chargeLater } = require('../contract/shop');
const { serveSockets } = require('./sockets');

const log = morgan(process.env.MORGAN || 'combined');

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || '{}');
}

const ROUTES = {
  'GET /api/health': () => ({ status: 'ok' }),
  'GET /api/items': () => items,
  'POST /api/items': async (request) => addItem(await bodyOf(request)),
  'GET /api/slow': (request, query) => waited(Number(query.get('s') || 1)),
  'GET /api/broken': (request) => ({ total: basketTotal(request.session) }),
};

function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function handle(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : null;
  const error = path === '/api/items' ? tokenError(tokenOf(request)) : null;
  const route = ROUTES[`${request.method} ${path}`];
  if (request.headers.origin && originAllowed(request)) {
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin);
  }
  if (!hostAllowed(request)) return answer(response, 403, { error: `Blocked host: ${request.headers.host}` });
  if (path === '/api/crash') return chargeLater();
  if (!route) return answer(response, 404, { error: 'Not Found' });
  if (error) {
    console.error(`${error}`);
    return answer(response, 401, { error: error.message });
  }
  try {
    return answer(response, request.method === 'POST' ? 201 : 200, await route(request, searchParams));
  } catch (failure) {
    console.error(failure);
    return answer(response, 500, { error: 'Internal Server Error' });
  }
}

const server = http.createServer((request, response) => log(request, response, () => handle(request, response)));
serveSockets(server);
server.listen(port, host, () => console.log(`Listening on http://${host}:${port}`));
process.on('SIGTERM', () => process.exit(0));
