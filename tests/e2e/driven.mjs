// The official Socket.IO client, driven from outside: a JSON line in is a command, a JSON line out its result or a message.
// Commands: {id, do: "connect", url, token, transports}, {id, do: "call", event, message}, {id, do: "close"}.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

let socket;

const commands = {
  connect({ url, token, transports }) {
    socket = io(url, { transports, upgrade: false, auth: token ? { token } : undefined, reconnection: false });
    socket.onAny((event, message) => print({ event, message }));
    return new Promise((resolve) => {
      socket.once("connect", () => resolve({ transport: socket.io.engine.transport.name }));
      socket.once("connect_error", (error) => resolve({ refused: error.data ?? error.message }));
    });
  },
  call: ({ event, message }) => socket.emitWithAck(event, message),
  close: () => void socket.close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  Promise.resolve(commands[command.do](command)).then((result = null) => print({ id: command.id, result }));
}
process.exit();
