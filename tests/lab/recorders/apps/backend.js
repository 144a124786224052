// A small backend with a WebSocket at /ws/chat, whose logger is told: node backend.js LOGGER PORT
const http = require('node:http');
const express = require('express');
const { WebSocketServer } = require('ws');
const [kind, port] = [process.argv[2], Number(process.argv[3])];
const log = require('./loggers.js')[kind]();
const app = express();
if (log.access) app.use(log.access);
app.get('/health', (_, res) => res.json({ ok: true }));
app.get('/api/items', (_, res) => res.json([1, 2, 3]));
app.get('/api/old', (_, res) => res.redirect('/api/items'));
app.get('/api/slow', (_, res) => setTimeout(() => res.json({}), 120));
app.get('/api/broken', (req, res, next) => {
  const error = new TypeError("Cannot read properties of undefined (reading 'items')");
  log.error('checkout failed', error);
  next(error);
});
app.get('/api/call', (_, res) => {
  http.get('http://127.0.0.1:1/session', () => {}).on('error', (error) => {
    log.error('session service failed', error);
    res.status(502).json({});
  });
});
app.use((error, _req, res, _next) => res.status(500).json({ error: error.message }));
const allowed = ['https://app.example.com', 'https://www.example.com'];
const server = http.createServer(app);
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (req, socket, head) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost');
  const refuse = (status) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  log.info('WebSocket upgrade request', { pathname, origin: req.headers.origin, upgrade: req.headers.upgrade });
  if (pathname !== '/ws/chat') {
    log.warn(`Unknown WebSocket path: ${pathname}`);
    return refuse('404 Not Found');
  }
  if (!allowed.includes(req.headers.origin)) {
    log.warn('WebSocket origin not allowed', { origin: req.headers.origin, allowedOrigins: allowed });
    return refuse('403 Forbidden');
  }
  if (searchParams.get('token') === 'expired') {
    log.error('WebSocket authentication failed', new Error('jwt expired'));
    return refuse('401 Unauthorized');
  }
  sockets.handleUpgrade(req, socket, head, (ws) => {
    log.info('WebSocket client connected', { path: pathname });
    ws.on('message', (data) => log.debug(`received ${data.length} bytes`));
    ws.on('close', (code) => log.info(`WebSocket closed: ${code}`));
  });
});
server.listen(port, '127.0.0.1', () => log.info(`Server listening on http://127.0.0.1:${port}`));
process.on('SIGTERM', () => { log.warn('SIGTERM received, shutting down'); process.exit(0); });
