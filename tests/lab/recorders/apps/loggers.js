// Each logger as its manual sets it up; `access`: what logs the requests.
const fields = (more) => (more instanceof Error ? { err: more } : more ?? {});
const beside = (log) => Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) =>
  [level, (words, more) => (more ? log[level](words, more) : log[level](words))]));
const before = (log) => Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) =>
  [level, (words, more) => log[level](fields(more), words)]));
const morgan = (format) => () => ({ ...beside({ debug() {}, info: console.log, warn: console.warn, error: console.error }), access: require('morgan')(format) });
const winston = (format) => () => {
  const w = require('winston');
  return beside(w.createLogger({ level: 'debug', format: format(w.format), transports: [new w.transports.Console()] }));
};
const pino = (...options) => () => {
  const log = require('pino')(...options);
  return { ...before(log), access: require('pino-http')({ logger: log }) };
};
const log4js = (layout) => () => {
  const l = require('log4js');
  l.configure({ appenders: { out: { type: 'stdout', layout } }, categories: { default: { appenders: ['out'], level: 'debug' } } });
  const log = l.getLogger();
  return { ...beside(log), access: l.connectLogger(l.getLogger('http'), { level: 'auto' }) };
};
module.exports = {
  morgan_dev: morgan('dev'), morgan_tiny: morgan('tiny'), morgan_short: morgan('short'), morgan_common: morgan('common'), morgan_combined: morgan('combined'),
  winston_simple: winston((f) => f.simple()),
  winston_colour: winston((f) => f.combine(f.errors({ stack: true }), f.colorize(), f.timestamp(), f.splat(), f.printf(({ level, message, timestamp, stack, ...rest }) => `${timestamp} ${level}: ${stack ?? message}${Object.keys(rest).length ? ' ' + JSON.stringify(rest) : ''}`))),
  winston_label: winston((f) => f.combine(f.label({ label: 'ws' }), f.timestamp({ format: 'YYYY-MM-DD HH:mm:ss' }), f.printf(({ level, message, label, timestamp }) => `${timestamp} [${label}] ${level}: ${message}`))),
  winston_json: winston((f) => f.combine(f.errors({ stack: true }), f.timestamp(), f.json())),
  winston_logstash: winston((f) => f.logstash()),
  winston_cli: winston((f) => f.cli()),
  winston_pretty: winston((f) => f.combine(f.timestamp(), f.prettyPrint())),
  pino_json: pino({ level: 'debug' }),
  pino_iso: pino({ level: 'debug', timestamp: require('pino').stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }),
  pino_pretty: pino({ level: 'debug', transport: { target: 'pino-pretty', options: { colorize: false } } }),
  pino_pretty_colour: pino({ level: 'debug', transport: { target: 'pino-pretty', options: { colorize: true } } }),
  pino_pretty_utc: pino({ level: 'debug', transport: { target: 'pino-pretty', options: { colorize: false, translateTime: 'SYS:standard', ignore: 'hostname' } } }),
  pino_pretty_single: pino({ level: 'debug', transport: { target: 'pino-pretty', options: { colorize: false, singleLine: true, translateTime: 'UTC:yyyy-mm-dd HH:MM:ss.l', ignore: 'pid,hostname' } } }),
  bunyan: () => before(require('bunyan').createLogger({ name: 'chat-api', level: 'debug', serializers: { err: require('bunyan').stdSerializers.err } })),
  log4js: log4js({ type: 'basic' }), log4js_colour: log4js({ type: 'colored' }),
  consola: () => beside(require('consola').createConsola({ level: 4 })),
  signale: () => { const s = require('signale'); return beside({ debug: s.debug, info: s.info, warn: s.warn, error: s.error }); },
};
