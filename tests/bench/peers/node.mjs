// Node's socket.io. Usage: node node.mjs PORT; `socket.io` is looked for from tests/e2e.
import { createRequire } from "node:module";

const { Server } = createRequire(new URL("../../e2e/package.json", import.meta.url))("socket.io");
const server = new Server(Number(process.argv[2]));

server.on("connection", (socket) => {
  socket.on("join", ({ room }, acknowledge) => {
    socket.join(room);
    acknowledge({ ok: true });
  });
  socket.on("pub", (message) => server.to(message.room).emit("thought:delta", message));
});
