'use strict';
// Dials the paths that the address names, one after the other: ?dial=/call-events&dial=/frontend-audio

function dial(path) {
  const socket = new WebSocket(`wss://api.example.com${path}`);
  socket.onopen = () => console.log('[App] open:', path);
  socket.onclose = (event) => console.log('[App] closed:', path, event.code);
  return new Promise((settled) => {
    socket.addEventListener('open', settled);
    socket.addEventListener('close', settled);
  });
}

(async () => {
  for (const path of new URLSearchParams(location.search).getAll('dial')) await dial(path);
})();
