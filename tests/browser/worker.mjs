// The field app's worker, without a browser: the old version is kept until the new one is whole. worker.mjs SW.js
import { readFileSync } from "node:fs";
import vm from "node:vm";
import { is } from "./lib.mjs";

const source = readFileSync(process.argv[2], "utf8");

// Caches of a browser: name, path, what was kept.
const kept = new Map();
const caches = {
  open: async (name) => {
    if (!kept.has(name))
      kept.set(name, new Map());
    const cache = kept.get(name);
    return {
      addAll: async (requests) => {
        const got = requests.map((r) => [r.url, files.get(r.url)]);
        if (got.some(([, text]) => text === undefined))
          throw new TypeError("one is not to be had");
        got.forEach(([url, text]) => cache.set(url, text));
      },
      match: async (path) => cache.get(path),
    };
  },
  keys: async () => [...kept.keys()],
  delete: async (name) => kept.delete(name),
};
class Request {
  constructor(url) { this.url = url; }
}
let files = new Map();

// One version of the worker, as the server would have it.
const start = (version, names) => {
  const on = {};
  const self = { addEventListener: (what, f) => { on[what] = f; }, location: { origin: "https://sems.example" } };
  vm.runInNewContext(`const VERSION = "${version}"; const FILES = ${JSON.stringify(names)};\n${source}`,
    { self, caches, Request, URL, fetch: async () => "from the network" });
  const wait = (what) => new Promise((resolve) => on[what]({ waitUntil: (p) => p.then(() => resolve("done"), () => resolve("failed")) }));
  const ask = (path, method = "GET", origin = "https://sems.example") => new Promise((resolve) => {
    let answered = false;
    on.fetch({ request: { url: `${origin}${path}`, method }, respondWith: (p) => { answered = true; p.then(resolve); } });
    if (!answered)
      resolve("not the worker's");
  });
  return { install: () => wait("install"), activate: () => wait("activate"), ask };
};

files = new Map([["/field/", "page 1"], ["/field/app.js", "app 1"]]);
const one = start("1", ["/field/", "/field/app.js"]);
is(await one.install(), "done", "a version that is whole is kept");
is(await one.activate(), "done", "and used");
is(await one.ask("/field/app.js"), "app 1", "from there");
is(await one.ask("/field/new.js"), "from the network", "or the network, where it is not of it");
is(await one.ask("/v1/forms"), "not the worker's", "what is no file of the app is none of its business");
is(await one.ask("/field/app.js", "POST"), "not the worker's", "nor what is sent");
is(await one.ask("/field/app.js", "GET", "https://other.example"), "not the worker's", "nor what is elsewhere");
files = new Map([["/field/", "page 2"]]);
const two = start("2", ["/field/", "/field/app.js"]);
is(await two.install(), "failed", "a version that is not whole is not kept");
is([...kept.keys()].join(), "sems-field-1", "and nothing of it is left");
is(await one.ask("/field/"), "page 1", "the one before is used on");
kept.set("somebody else's", new Map());
files.set("/field/app.js", "app 2");
const again = start("2", ["/field/", "/field/app.js"]);
is(await again.install(), "done", "once it is whole");
is(await one.ask("/field/"), "page 1", "the one before is used while its pages are open");
await again.activate();
is([...kept.keys()].join(), "somebody else's,sems-field-2", "and goes when they are closed, alone");
is(await again.ask("/field/app.js"), "app 2", "then the new one is used");
