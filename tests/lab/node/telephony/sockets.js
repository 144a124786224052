'use strict';
// The WebSocket side: which path goes to which server, who is connected, what is passed on to whom.

const { WebSocketServer } = require('ws');
const { callStarted, callEnded } = require('./calls');
const { startSuppression } = require('./telnyx');

const callEvents = new WebSocketServer({ noServer: true });
const audioStream = new WebSocketServer({ noServer: true });
const CARRIER_PATH = '/audio-stream';
const FRONTEND_PATHS = ['/frontend-audio', '/api/frontend-audio'];
const FRAMES_PER_NOTE = 50;

const listeners = new Set();

callEvents.on('connection', (socket) => {
  console.log('👋 New client connected to call events WebSocket');
  socket.send(JSON.stringify({ type: 'hello' }));
  socket.on('close', (code) => console.log('👋 Call events client disconnected', { code }));
});

audioStream.on('connection', (socket, request, pathname) => {
  if (pathname === CARRIER_PATH) return carrierConnected(socket);
  return frontendConnected(socket);
});

function frontendConnected(socket) {
  console.log('👤 Frontend client connected to audio stream');
  listeners.add(socket);
  socket.on('close', (code) => {
    listeners.delete(socket);
    console.log('👤 Frontend client disconnected', { code });
  });
}

function carrierConnected(socket) {
  console.log('🎧 Telnyx audio stream connected');
  let frames = 0;
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.event === 'start') started(message);
    if (message.event === 'media') broadcast(message.media, frames++);
    if (message.event === 'stop') callEnded(message.stream_id);
  });
  socket.on('close', (code) => console.log('🎧 Telnyx audio stream disconnected', { code, frames }));
}

function started(message) {
  callStarted(message.stream_id, message.start);
  for (const client of callEvents.clients) client.send(JSON.stringify({ type: 'call.started' }));
  startSuppression(message.start.call_control_id).catch((error) => console.error('❌ Telnyx API unreachable', error));
}

function broadcast(media, frame) {
  if (frame % FRAMES_PER_NOTE === 0) console.log(`📡 Broadcasting to ${listeners.size} clients`);
  for (const socket of listeners) socket.send(JSON.stringify(media));
}

function refuse(socket, pathname) {
  console.log(`❌ Unknown WebSocket path: ${pathname}`);
  socket.write('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  socket.destroy();
}

function upgradeTo(server, name, note, request, socket, head, pathname) {
  console.log(`✅ Upgrading to ${name} WebSocket${note}`);
  server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request, pathname));
}

function routeUpgrade(request, socket, head) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const { origin, host } = request.headers;
  console.log('🔌 WebSocket upgrade request:', { pathname, origin, host, from: request.headers['x-forwarded-for'] });
  if (pathname === '/call-events') return upgradeTo(callEvents, 'call-events', '', request, socket, head, pathname);
  if (pathname === CARRIER_PATH) return upgradeTo(audioStream, 'audio-stream', '', request, socket, head, pathname);
  if (FRONTEND_PATHS.includes(pathname)) {
    return upgradeTo(audioStream, 'audio-stream', ` (path: ${pathname})`, request, socket, head, pathname);
  }
  return refuse(socket, pathname);
}

module.exports = { routeUpgrade };
