'use strict';
// The agents' desk: call events, and the audio of the running call.

const API = 'https://api-calls.harx.ai';
const SOCKETS = 'wss://api-calls.harx.ai';
const AUDIO_PATH = document.currentScript.dataset.audio;
const MAX_ATTEMPTS = 6;

function connectEvents() {
  const socket = new WebSocket(`${SOCKETS}/call-events`);
  socket.onopen = () => console.log('[CallEvents] connected');
  socket.onmessage = (event) => console.log('[CallEvents] message', JSON.parse(event.data));
  socket.onclose = (event) => console.log('[CallEvents] closed:', event.code);
}

function connectAudio(attempt = 1) {
  console.log(`[FrontendAudio] connecting to ${SOCKETS}${AUDIO_PATH} (attempt ${attempt})`);
  const socket = new WebSocket(`${SOCKETS}${AUDIO_PATH}`);
  socket.onopen = () => console.log('[FrontendAudio] connected');
  socket.onerror = (event) => console.error('[FrontendAudio] WebSocket error:', event);
  socket.onclose = (event) => {
    console.warn('[FrontendAudio] WebSocket closed:', event.code, event.reason || '(no reason)');
    if (attempt < MAX_ATTEMPTS) setTimeout(() => connectAudio(attempt + 1), Math.min(1000 * 2 ** attempt, 8000));
  };
}

async function loadCalls() {
  const answer = await fetch(`${API}/api/calls`);
  const { calls } = await answer.json();
  document.getElementById('calls').replaceChildren(...calls.map((call) => new Text(call.id)));
}

connectEvents();
connectAudio();
loadCalls();
setInterval(loadCalls, 7000);
