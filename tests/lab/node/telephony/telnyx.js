'use strict';
// Commands to the carrier. Noise suppression is a comfort: a call goes on without it.

const BASE = process.env.TELNYX_API_BASE || 'https://api.telnyx.com/v2';

async function command(callControlId, action, body) {
  const response = await fetch(`${BASE}/calls/${callControlId}/actions/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.TELNYX_API_KEY || ''}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json() };
}

async function startSuppression(callControlId) {
  const { status, answer } = await command(callControlId, 'suppression_start', { direction: 'inbound' });
  if (status === 200) return console.log('🔇 Noise suppression started');
  console.error(`⚠️ Telnyx API error: HTTP ${status} on suppression_start`, answer.errors);
  return console.log('ℹ️ Continuing the call without noise suppression');
}

module.exports = { startSuppression };
