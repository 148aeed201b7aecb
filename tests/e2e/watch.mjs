// Follows an incident with the official Socket.IO client, and prints every message as one JSON line.
// Usage: node watch.mjs URL COOKIE. Ends when the first incident's summary has come.
import { io } from "socket.io-client";

const [url, cookie] = process.argv.slice(2);
const socket = io(url, { transports: ["websocket"], extraHeaders: { cookie }, reconnection: false });
const print = (event, message) => process.stdout.write(`${JSON.stringify({ event, message })}\n`);

let followed = false;
socket.onAny(async (event, message) => {
  print(event, message);
  if (event === "incident" && !followed) {
    followed = true;
    print("ack", await socket.emitWithAck("join", { room: `incident:${message.data.id}`, since: 0 }));
  }
  if (event === "summary") {
    socket.close();
  }
});
socket.on("connect_error", (error) => {
  print("connect_error", { message: error.message, data: error.data });
  process.exitCode = 1;
});
socket.on("connect", async () => print("ack", await socket.emitWithAck("join", { room: "feed" })));
