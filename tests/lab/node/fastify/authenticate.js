'use strict';
// A hook for routes that want a token: jsonwebtoken's own error is the answer.

const { tokenError, tokenOf } = require('../contract/guards');

async function authenticate(request, reply) {
  const error = tokenError(tokenOf(request));
  if (!error) return;
  reply.code(401);
  throw error;
}

module.exports = { authenticate };
