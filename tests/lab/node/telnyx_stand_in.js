'use strict';
// Stands in for the carrier's API on loopback. It refuses every action with 422, as the real one does for a call that
// cannot take it.

const http = require('node:http');

const REFUSAL = { title: 'Unprocessable Entity', detail: 'Noise suppression is not available for this call' };

const server = http.createServer((request, response) => {
  request.resume();
  response.writeHead(422, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ errors: [REFUSAL] }));
});
server.listen(Number(process.env.PORT || 5010), '127.0.0.1');
