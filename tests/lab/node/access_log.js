'use strict';
// One line per answered HTTP request, in Apache's combined format, as morgan('combined') writes it.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function clf(date) {
  const two = (number) => String(number).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

function logWhenAnswered(request, response) {
  const { method, url, httpVersion, headers } = request;
  const address = request.socket.remoteAddress;
  response.on('finish', () => {
    const length = response.getHeader('content-length') ?? '-';
    console.log(
      `${address} - - [${clf(new Date())}] "${method} ${url} HTTP/${httpVersion}" ${response.statusCode} ${length} ` +
        `"${headers.referer || '-'}" "${headers['user-agent'] || '-'}"`,
    );
  });
}

module.exports = { logWhenAnswered };
