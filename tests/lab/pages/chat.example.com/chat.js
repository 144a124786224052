'use strict';
// Voice chat in the browser: ask whether the service is well, then dial.

const HOST = 'api.gmai.sa';
const MAX_RETRIES = 5;

async function checkService() {
  for (const path of ['/api/v1/health/voice', '/api/v1/voice/endpoints', '/api/v1/ws/simple-voice-chat/status']) {
    const answer = await fetch(`https://${HOST}${path}`);
    console.log(`[VoiceChat] ${path}`, answer.status);
  }
}

function connect(retry = 0) {
  const url = `wss://${HOST}/api/v1/ws/simple-voice-chat?language=ar&voice_type=female`;
  const socket = new WebSocket(url);
  socket.onopen = () => {
    console.log('[VoiceChat] connected');
    socket.send(JSON.stringify({ type: 'hello' }));
  };
  socket.onerror = (error) => console.error('[VoiceChat] WebSocket error:', error);
  socket.onclose = (event) => {
    console.log(`[VoiceChat] disconnected: code=${event.code} clean=${event.wasClean}`);
    if (retry < MAX_RETRIES) setTimeout(connect, 3000 * (retry + 1), retry + 1);
  };
}

checkService().finally(() => connect());
