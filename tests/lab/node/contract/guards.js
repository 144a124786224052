'use strict';
// Who may come in: by Host, by Origin, by token. What is said of a refusal is each application's own.

const jwt = require('jsonwebtoken');
const { allowedHosts, allowedOrigins, secret } = require('./settings');

function hostAllowed({ headers }) {
  return !allowedHosts || allowedHosts.includes(headers.host);
}

function originAllowed({ headers }) {
  return !allowedOrigins || !headers.origin || allowedOrigins.includes(headers.origin);
}

function tokenOf(request) {
  return new URL(request.url, 'http://localhost').searchParams.get('token') || '';
}

// null when the token is good, or none is wanted; otherwise jsonwebtoken's error.
function tokenError(token) {
  if (!secret) return null;
  try {
    jwt.verify(token, secret);
    return null;
  } catch (error) {
    return error;
  }
}

module.exports = { hostAllowed, originAllowed, tokenOf, tokenError };
