// What one would write instead of semsd in an afternoon: a service that takes rows over a socket,
// COPYs whatever came while the last COPY ran, and answers once that is committed. It checks nothing
// and knows no duplicates. Run by peers.sh, with pg and pg-copy-streams on NODE_PATH:
//   node node_peer.js serve SOCKET COLUMNS      database by PGHOST and so on
//   node node_peer.js send SOCKET FILE CONNECTIONS
"use strict";
const fs = require("fs");
const net = require("net");

const FRAME = 50; // rows written at once
const WINDOW = 800; // rows unanswered per connection, as 16 frames of 50
const NEWLINE = 10;

// Calls whole(bytes, rows) with what ends in a newline.
function byLines(socket, whole) {
  let rest = null;
  socket.on("data", (data) => {
    const bytes = rest === null ? data : Buffer.concat([rest, data]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    rest = end === bytes.length ? null : bytes.subarray(end);
    let rows = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) rows++;
    if (rows > 0) whole(bytes.subarray(0, end), rows);
  });
}

async function serve(path, columns) {
  const { Client } = require("pg");
  const { from } = require("pg-copy-streams");
  const client = new Client();
  await client.connect();
  let waiting = [];
  let busy = false;

  function copy() {
    if (busy || waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    busy = true;
    const stream = client.query(from(`COPY sems.tip_event (${columns}) FROM STDIN (FORMAT csv)`));
    stream.on("error", (error) => {
      console.error(error.message);
      process.exit(1);
    });
    stream.on("finish", () => {
      busy = false;
      for (const item of batch) item.socket.write(`${item.rows}\n`);
      copy();
    });
    for (const item of batch) stream.write(item.bytes);
    stream.end();
  }

  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    byLines(socket, (bytes, rows) => {
      waiting.push({ socket, bytes, rows });
      copy();
    });
  });
  server.listen(path, () => console.log("ready"));
}

function frames(file) {
  const bytes = fs.readFileSync(file);
  const list = [];
  let start = 0;
  let rows = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (++rows < FRAME && at + 1 < bytes.length) continue;
    list.push({ bytes: bytes.subarray(start, at + 1), rows });
    start = at + 1;
    rows = 0;
  }
  return list;
}

function send(path, file, connections) {
  const list = frames(file);
  let next = 0;
  let open = connections;
  let start = 0n;
  let acknowledged = 0;

  function begin(socket) {
    let unanswered = 0;
    const fill = () => {
      while (next < list.length && unanswered + FRAME <= WINDOW) {
        unanswered += list[next].rows;
        socket.write(list[next++].bytes);
      }
    };
    byLines(socket, (bytes) => {
      for (const n of bytes.toString().trim().split("\n")) {
        unanswered -= Number(n);
        acknowledged += Number(n);
      }
      fill();
      if (next < list.length || unanswered > 0) return;
      socket.end();
      if (--open > 0) return;
      // Rows and seconds, for the shell.
      console.log(acknowledged, Number(process.hrtime.bigint() - start) / 1e9);
    });
    fill();
  }

  const sockets = [];
  for (let i = 0; i < connections; i++) {
    const socket = net.connect(path, () => {
      sockets.push(socket);
      if (sockets.length < connections) return;
      start = process.hrtime.bigint();
      sockets.forEach(begin);
    });
  }
}

const [what, path, third, fourth] = process.argv.slice(2);
if (what === "serve") serve(path, third);
else send(path, third, Number(fourth));
