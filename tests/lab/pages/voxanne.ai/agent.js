'use strict';
// The dashboard: live calls, and a voice agent that is dialled anew for every test call.

const BACKEND = 'callwaitingai-backend-sjbi.onrender.com';
const TEST_CALLS = 4;

async function loadAgents() {
  const answer = await fetch(`https://${BACKEND}/api/agents`);
  console.log('[Dashboard] agents', await answer.json());
}

function watchLiveCalls(delay = 4000) {
  const socket = new WebSocket(`wss://${BACKEND}/ws/live-calls`);
  socket.onopen = () => console.log('[LiveCalls] connected');
  socket.onerror = (event) => console.error('[LiveCalls] WebSocket error:', event);
  socket.onclose = (event) => {
    console.log('[LiveCalls] WebSocket closed:', event.code);
    if (delay < 20000) setTimeout(watchLiveCalls, delay, delay * 2);
  };
}

function testCall(left = TEST_CALLS) {
  const trackingId = crypto.randomUUID();
  const socket = new WebSocket(`wss://${BACKEND}/api/web-voice/${trackingId}`);
  socket.onopen = () => {
    console.log('[VoiceAgent] connected', trackingId);
    setTimeout(() => socket.close(1000, 'done'), 3000);
  };
  socket.onerror = (event) => console.error('[VoiceAgent] WebSocket error:', event);
  socket.onclose = (event) => {
    console.log('[VoiceAgent] WebSocket closed:', event.code);
    if (left > 1) setTimeout(testCall, 5000, left - 1);
  };
}

loadAgents();
watchLiveCalls();
setTimeout(testCall, 1500);
