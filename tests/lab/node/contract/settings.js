'use strict';
// What the environment tells a backend of the contract. An unset list allows everything.

const list = (text) => text && text.split(',').map((each) => each.trim()).filter(Boolean);

module.exports = {
  host: process.env.HOST || '127.0.0.1',
  port: Number(process.env.PORT || 3000),
  prefix: process.env.ROUTE_PREFIX || '',
  allowedOrigins: list(process.env.ALLOWED_ORIGINS),
  allowedHosts: list(process.env.ALLOWED_HOSTS),
  secret: process.env.AUTH_SECRET,
};
