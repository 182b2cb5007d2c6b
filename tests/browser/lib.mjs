// Chromium as Debian has it, headless; lines of TAP; and what a shell is asked to do meanwhile: a line "do WHAT" on standard
// output, answered by a line on standard input.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const PROGRAM = "/usr/bin/chromium";
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

export const openBrowser = async () => {
  const browser = await chromium.launch({ executablePath: PROGRAM, headless: true, args: ARGS });
  return { browser, close: () => browser.close() };
};

// One with a profile that stays, as a process of ours that can be killed.
export const openProfile = async (folder) => {
  const child = spawn(PROGRAM, ["--headless=new", ...ARGS, "--remote-debugging-port=0", `--user-data-dir=${folder}`, "--no-first-run",
    "about:blank"], { stdio: ["ignore", "ignore", "pipe"], detached: true });
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const found = /DevTools listening on (ws:.*)/.exec(line);
      if (found)
        resolve(found[1]);
    }).on("close", () => reject(new Error("Chromium does not start")));
  });
  const browser = await chromium.connectOverCDP(address);
  const end = (signal) => new Promise((resolve) => {
    child.once("exit", () => resolve());
    process.kill(-child.pid, signal);
  });
  return { context: browser.contexts()[0], kill: () => end("SIGKILL"), close: () => end("SIGTERM") };
};

const tell = (good, what, why) => console.log(`${good ? "ok" : "not ok"} - ${what}${good ? "" : ` (${why})`.replace(/\s+/g, " ")}`);

export const is = (got, wanted, what) => tell(got === wanted, what, `got ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
export const like = (got, pattern, what) => tell(pattern.test(got), what, `got ${JSON.stringify(got)}`);

let lines = null;
export const askShell = async (what) => {
  lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  console.log(`do ${what}`);
  return (await lines.next()).value;
};

// What axe-core finds on a page, whose policy lets no such script in.
export const violations = async (page, axe) => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Page.setBypassCSP", { enabled: true });
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.passes.length < 10 ? "few rules were looked at" : found.violations.map((v) => `${v.id} ${v.nodes[0].html}`).join(" ");
};
