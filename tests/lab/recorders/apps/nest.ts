import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Catch, Controller, Get, HttpException, Injectable, Logger, Module, NestMiddleware, Redirect } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { OnGatewayConnection, OnGatewayDisconnect, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import * as http from 'node:http';

@WebSocketGateway({ path: '/ws/chat' })
class ChatGateway implements OnGatewayConnection, OnGatewayDisconnect {
  private readonly logger = new Logger(ChatGateway.name);
  afterInit() { this.logger.log('Initialized'); }
  handleConnection(client: any, request: http.IncomingMessage) {
    const url = new URL(request.url!, 'http://localhost');
    if (request.headers.origin !== 'https://app.example.com') {
      this.logger.warn(`Origin ${request.headers.origin} not allowed`);
      return client.close(1008, 'origin');
    }
    if (url.searchParams.get('token') === 'expired') {
      this.logger.error('WebSocket authentication failed', new Error('jwt expired').stack);
      return client.close(4401, 'token');
    }
    this.logger.log(`Client connected: ${url.pathname}`);
    client.on('close', (code: number) => this.logger.log(`WebSocket closed with code ${code}`));
    this.logger.debug({ path: url.pathname, origin: request.headers.origin });
  }
  handleDisconnect() { this.logger.verbose('Client disconnected'); }
  @SubscribeMessage('boom') boom() { throw new WsException('no such room'); }
}
@Controller()
class ItemsController {
  private readonly logger = new Logger('HTTP');
  @Get('health') health() { this.logger.log('GET /health 200 - 3ms'); return 'ok'; }
  @Get('api/items') items() { return [1]; }
  @Get('api/slow') async slow() { await new Promise((r) => setTimeout(r, 120)); return []; }
  @Get('api/old') @Redirect('/api/items', 302) old() {}
  @Get('api/broken') broken() { return (undefined as any).items; }
  @Get('api/call') async call() {
    await new Promise((_, fail) => http.get('http://127.0.0.1:1/session').on('error', fail)).catch((error) => {
      this.logger.error(`session service failed: ${error.message}`, error.stack);
      throw new HttpException('Bad Gateway', 502);
    });
  }
}
@Module({ providers: [ChatGateway], controllers: [ItemsController] })
class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule, process.env.JSON ? { logger: new (require('@nestjs/common').ConsoleLogger)({ json: true }) } : {});
  app.useWebSocketAdapter(new WsAdapter(app));
  app.enableShutdownHooks();
  await app.listen(Number(process.argv[2]), '127.0.0.1');
  new Logger('Bootstrap').log(`Application is running on: ${await app.getUrl()}`);
}
bootstrap();
