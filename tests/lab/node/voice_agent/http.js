'use strict';
// The plain HTTP side. CORS has a list of its own, and it is not the WebSocket side's list.

const { logWhenAnswered } = require('../access_log');

const CORS_ORIGINS = (process.env.CORS_ORIGINS || '').split(',').filter(Boolean);
const AGENTS = [
  { id: 1, name: 'Reception' },
  { id: 2, name: 'After hours' },
];

function answer(request, response, status, body) {
  const { origin } = request.headers;
  const text = JSON.stringify(body);
  response.statusCode = status;
  if (CORS_ORIGINS.includes(origin)) response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

function handle(request, response) {
  logWhenAnswered(request, response);
  request.resume();
  if (request.url === '/health') return answer(request, response, 200, { status: 'ok' });
  if (request.url === '/api/agents') return answer(request, response, 200, AGENTS);
  return answer(request, response, 404, { error: 'Not found' });
}

module.exports = { handle };
