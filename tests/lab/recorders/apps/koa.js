const Koa = require('koa'); const app = new Koa();
app.use(require('koa-logger')());
app.use(async (ctx) => {
  if (ctx.path === '/health' || ctx.path === '/api/items') ctx.body = [1, 2, 3];
  else if (ctx.path === '/api/old') ctx.redirect('/api/items');
  else if (ctx.path === '/api/slow') { await new Promise((r) => setTimeout(r, 1120)); ctx.body = 'x'.repeat(3000); }
  else if (ctx.path === '/api/broken') throw new TypeError('no basket');
});
app.listen(Number(process.argv[2]), '127.0.0.1');
