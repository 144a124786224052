'use strict';
// The plain HTTP side: health, the list of calls, reports.

const { logWhenAnswered } = require('../access_log');
const { listCalls } = require('./calls');

const ALLOWED_ORIGIN = process.env.FRONTEND_URL || 'https://desk.example.com';

function json(response, status, body) {
  const text = JSON.stringify(body);
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.setHeader('Access-Control-Allow-Origin', ALLOWED_ORIGIN);
  response.end(text);
}

function report(response) {
  // Slow on purpose of nobody: it walks every recording of the day.
  setTimeout(() => json(response, 200, { calls: listCalls().length, minutes: 214 }), 3000);
}

const ROUTES = {
  'GET /api/health': (response) => json(response, 200, { status: 'ok', uptime: Math.round(process.uptime()) }),
  'GET /api/calls': (response) => json(response, 200, { calls: listCalls() }),
  'GET /api/reports/today': report,
  'POST /api/calls/wrap-up': (response) => json(response, 201, { saved: true }),
};

function handle(request, response) {
  logWhenAnswered(request, response);
  const path = request.url.split('?')[0];
  const route = ROUTES[`${request.method} ${path}`];
  request.resume();
  if (route) return route(response);
  return json(response, 404, { error: 'Not Found', path });
}

module.exports = { handle };
