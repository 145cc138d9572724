import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';

/** Between a registry and its server: can cut connections off, before or after replies. */
export class LossyProxy {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #repliesToDrop = 0;
  /** How many replies never came. */
  dropped = 0;

  async start(port: number, ownPort = 0): Promise<string> {
    this.#server = createServer((socket) => this.#join(socket, connectSocket(port, '127.0.0.1')));
    await new Promise<void>((resolve) => this.#server?.listen(ownPort, '127.0.0.1', resolve));
    return `redis://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** The server runs the next command of every connection, and its reply never comes. */
  dropReplies(): void {
    this.#repliesToDrop += 1;
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.#server?.close();
    this.cutAll();
  }

  #join(client: Socket, upstream: Socket): void {
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.pipe(upstream);
    upstream.on('data', (reply) => {
      if (this.#repliesToDrop === 0) {
        client.write(reply);
        return;
      }
      this.#repliesToDrop -= 1;
      this.dropped += 1;
      client.destroy();
    });
  }
}
