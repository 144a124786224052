'use strict';
// The calls that are running, as the carrier's stream tells them.

const running = new Map();

function callStarted(streamId, start) {
  running.set(streamId, { id: start.call_control_id, from: start.from, since: new Date().toISOString() });
}

function callEnded(streamId) {
  running.delete(streamId);
}

function listCalls() {
  return [...running.values()];
}

module.exports = { callStarted, callEnded, listCalls };
