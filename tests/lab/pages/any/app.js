'use strict';
// Does what it is told, one request after the other, and says what became of each.

const PLAN = $plan;
const WORDS = $words;
const PAUSE = 350;
window.outcomes = []; // [URL, whether it worked]

function say(word, ...rest) {
  if (word) console[word === WORDS.failed ? 'error' : 'log'](word, ...rest);
}

function dial(url) {
  return new Promise((settled) => {
    const socket = new WebSocket(url);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      say(WORDS.opened, url);
      socket.send('hello');
      settled(true);
    };
    socket.onerror = (event) => say(WORDS.failed, event);
    socket.onclose = (event) => {
      say(WORDS.closed, event.code);
      settled(opened);
    };
  });
}

async function ask({ url, method, body }) {
  const answer = await fetch(url, { method, body, headers: body ? { 'Content-Type': 'application/json' } : {} });
  if (!answer.ok) throw new Error(`HTTP $${answer.status}`);
  return true;
}

async function act(step) {
  let worked = false;
  try {
    worked = await (step.websocket ? dial(step.url) : ask(step));
  } catch (error) {
    say(WORDS.failed, String(error));
  }
  window.outcomes.push([step.url, worked]);
}

const pause = (ms) => new Promise((later) => setTimeout(later, ms));

(async () => {
  for (const step of PLAN) {
    for (let time = 0; time < step.times; time += 1) {
      await act(step);
      await pause(PAUSE);
    }
  }
  document.title = 'done';
})();
