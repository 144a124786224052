'use strict';
// Dials every outcome, as pages do that log their sockets; then what else a console holds.

const API = `${location.protocol.replace('http', 'ws')}//api.example.com`;

function dial(url, say = '[VoiceAgent]') {
  return new Promise((settled) => {
    const socket = new WebSocket(url);
    socket.onopen = () => console.log(`${say} WebSocket connected to ${url}`);
    socket.onmessage = (event) => console.debug(say, 'message', event.data);
    socket.onerror = (event) => console.error(`${say} WebSocket error:`, event);
    socket.onclose = (event) => {
      console.log(`${say} WebSocket closed:`, event.code);
      settled(event);
    };
    if (/\/(ok|hangup)$/.test(url)) socket.addEventListener('open', () => setTimeout(() => socket.close(1000, 'done'), 400));
    if (url.endsWith('/slow')) setTimeout(() => socket.close(), 100);
  });
}

function plainly(url) {
  return new Promise((settled) => {
    const socket = new WebSocket(url);
    socket.onclose = (event) => {
      console.warn(`Socket closed: code=${event.code} reason=${event.reason} clean=${event.wasClean}`);
      settled(event);
    };
  });
}

function shown(url) {
  return new Promise((settled) => {
    const socket = new WebSocket(url);
    socket.onclose = (event) => {
      console.log('ws close', event);
      settled(event);
    };
  });
}

async function retry(url, times = 3) {
  for (let attempt = 1; attempt <= times; attempt += 1) {
    await plainly(url);
    console.log(`Reconnecting in ${attempt}s... (attempt ${attempt}/${times})`);
    await new Promise((later) => setTimeout(later, 300));
  }
  console.error('Max reconnect attempts reached, giving up on', { url, times });
}

async function ask(url, options) {
  try {
    const answer = await fetch(url, options);
    console.log('[Api]', answer.status, url);
  } catch (error) {
    console.error('[Api] fetch failed', error);
  }
}

function thrown() {
  throw new Error('Cannot read calls of undefined');
}

async function everything() {
  for (const path of ['/s404', '/s403', '/s401', '/s502', '/s301', '/s200', '/nobyte']) await dial(API + path);
  for (const path of ['/ok', '/c1000', '/c1001', '/c1011', '/c1012', '/c1013', '/c4401', '/cut', '/masked', '/hangup', '/slow']) await dial(API + path);
  await dial('wss://api.example.com:8444/refused');
  await dial('wss://selfsigned.example.com:8443/ws');
  await dial('wss://nosuchhost.example.com/ws');
  await retry(`${API}/api/v1/ws/s403?token=t0`);
  await retry(`${API}/s404`);
  for (const path of ['/s503', '/c4403', '/cut']) await shown(API + path);
  try {
    new WebSocket('ws://api.example.com/ws');
  } catch (error) {
    console.error(error);
  }
  await ask('https://api.example.com/api/items');
  await ask('/api/items/s404');
  await ask('/api/items/s502', { method: 'POST', body: '{}' });
  await ask('https://api.example.com:8444/refused');
  await ask('http://api.example.com/api/insecure');
  console.info('info line', { a: 1, b: { c: [1, 2, 3] }, s: 'x' }, [1, 'two', null], undefined, null, true);
  console.warn('[ws] warn', { path: '/ws' });
  console.log('multi\nline\ntext');
  for (let times = 0; times < 3; times += 1) console.log('repeated');
  console.group('Group A');
  console.log('in group');
  console.groupEnd();
  console.table([{ a: 1, b: 2 }]);
  console.log('%cstyled', 'color: red', 'after');
  console.assert(false, 'assert text');
  console.count('c');
  console.trace('tr');
  console.error('bad', new Error('boom'));
  try {
    thrown();
  } catch (error) {
    console.error(error);
  }
  setTimeout(thrown, 0);
  Promise.reject(new TypeError('unhandled'));
  await new Promise((later) => setTimeout(later, 500));
  document.title = 'done';
}

if (location.search.includes('connecting')) {
  for (const path of ['/silent', '/ok?']) {
    const socket = new WebSocket(API + path);
    socket.onclose = (event) => console.log('[VoiceAgent] WebSocket closed:', event.code);
  }
  document.title = 'waiting';
} else if (location.search.includes('one')) {
  dial(`${API}/s404`)
    .then(() => dial(`${API}/c1001`))
    .then(() => (document.title = 'done'));
} else {
  everything();
}
