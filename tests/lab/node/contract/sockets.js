'use strict';
// The WebSocket side of the contract: an echo, a clock, and rooms in which everybody hears everybody.

const { prefix } = require('./settings');

const ROOM = /^\/ws\/rooms\/[\w-]+$/;
const rooms = new Map();

// The path within the application, or null where it serves no WebSocket.
function routeOf(request) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (!pathname.startsWith(prefix)) return null;
  const route = pathname.slice(prefix.length);
  return route === '/ws/chat' || route === '/ws/events' || ROOM.test(route) ? route : null;
}

function echo(socket) {
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
}

function tick(socket) {
  const tell = () => socket.send(JSON.stringify({ type: 'tick', at: new Date().toISOString() }));
  const clock = setInterval(tell, 1000);
  socket.on('close', () => clearInterval(clock));
}

function enter(socket, name) {
  const room = rooms.get(name) || new Set();
  rooms.set(name, room.add(socket));
  socket.on('message', (message) => room.forEach((member) => member.send(message.toString())));
  socket.on('close', () => room.delete(socket));
}

function attend(socket, route) {
  socket.on('error', () => socket.terminate()); // an unheard error would end the process
  if (route === '/ws/chat') return echo(socket);
  if (route === '/ws/events') return tick(socket);
  return enter(socket, route);
}

module.exports = { routeOf, attend };
