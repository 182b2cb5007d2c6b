// People take a quarter through its life in Chromium, with virtual authenticators:
// pages.mjs WEB LINK_CARLA LINK_RITA LINK_MAX LINK_SID
import { readFileSync } from "node:fs";
import { askShell, is, like, openBrowser, violations } from "./lib.mjs";

const [web, ...links] = process.argv.slice(2);
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const { browser, close } = await openBrowser();
const errors = [];

// A person's browser with a device of its own, registered and signed in.
const openPerson = async (link, name) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.goto(link);
  await page.click("#register button");
  await page.waitForSelector("#front:not([hidden])");
  await page.goto(`${web}/quarters`);
  await page.click("#sign-in");
  await page.waitForSelector("header.top");
  is(new URL(page.url()).pathname, "/quarters", `${name} is signed in where the page was asked for`);
  return page;
};
const main = (page) => page.textContent("main");
// A step's page: what it says, and then its button.
const look = async (page, path) => {
  await page.goto(`${web}/quarter/2026-Q2/${path}`);
  return main(page);
};
const sign = async (page) => {
  const answered = page.waitForResponse((r) => r.request().method() === "POST" && !r.url().includes("/passkey/"));
  const loaded = page.waitForEvent("load");
  await page.click("main form button");
  const said = await answered;
  await loaded;
  return said.status();
};

const carla = await openPerson(links[0], "who prepares");
const rita = await openPerson(links[1], "who reviews");
const max = await openPerson(links[2], "who approves");
const sid = await openPerson(links[3], "a supervisor");

// --- home: each sees what waits for him
await carla.goto(`${web}/`);
like(await carla.textContent("h1"), /^Northfield <Airport>$/, "home names the entity, escaped");
like(await main(carla), /2026-Q2: freeze it/, "who prepares is told to freeze");
await rita.goto(`${web}/`);
like(await main(rita), /Nothing waits for you/, "who reviews has nothing to do yet");
await sid.goto(`${web}/`);
like(await main(sid), /You own no open action/, "a supervisor sees his actions");
is(/Quarters, the newest first|quarantine/.test(await main(sid)), false, "and nothing that is not for him");
is(await sid.locator("nav.sections a").allTextContents().then((t) => t.join()), "Home,Findings, actions and risks", "nor a way to it");
is((await sid.goto(`${web}/quarter/2026-Q2`)).status(), 403, "which he is refused, too");

// --- frozen, by a passkey
like(await look(carla, "freeze"), /Summary[^]*Your passkey signs it/, "freezing shows what it would be");
is(await sign(carla), 303, "and is signed by the passkey");
is(await askShell("state"), "DRAFT", "then it is a draft");
like(await main(carla), /Revision 1, DRAFT/, "which its page says");

// --- commented, checked and reviewed
await carla.goto(`${web}/quarter/2026-Q2/metric/QN01`);
await carla.click("text=Comment on this figure");
await carla.fill("#f-text", "x");
is(await sign(carla), 400, "a comment that says too little is refused");
like(await carla.textContent(".errors"), /There is a problem\s*says too little/, "by an error summary");
is(await carla.getAttribute(".errors a", "href"), "#f-text", "that leads to the field");
is(await carla.inputValue("#f-text"), "x", "which keeps what was typed");
like(await carla.title(), /^Error: /, "and the title says so");
is(await violations(carla, axe), "", "axe finds nothing on a page with an error");
await carla.goto(`${web}/quarter/2026-Q2/comment?metric=QN01`);
await carla.fill("#f-text", "nobody told a plan <yet>, since we began in May");
is(await sign(carla), 303, "one that says why is kept");
like(await look(carla, "check"), /may be reviewed|put right/, "the check says what is to be put right");
is(await sign(await look(carla, "review").then(() => carla)), 403, "who prepared it does not review it");
like(await carla.textContent(".errors"), /web:carla froze it|Carla|somebody else/, "and is told why");
await rita.goto(`${web}/`);
like(await main(rita), /2026-Q2: review it/, "who reviews is told so now");
await rita.click("text=2026-Q2: review it");
const shown = await main(rita);
like(shown, /Revision\s*1\s*State\s*DRAFT/, "the review shows the revision");
like(shown, /Digest of it and of all that was said\s*[0-9a-f]{64}/, "and the digest of all that was said");
like(shown, /nobody told a plan <yet>/, "and the comment");
is(await askShell("comment"), "said", "somebody says something meanwhile");
is(await sign(rita), 409, "then what was shown is not what there is");
like(await rita.textContent(".errors"), /look again/, "and she is told to look again");
is(await violations(rita, axe), "", "axe finds nothing on a step");
await look(rita, "review");
is(await sign(rita), 303, "once she has, her passkey signs");
is(await askShell("state"), "IN_QA", "and it is in review");

// --- approved: what is of no use
await max.goto(`${web}/`);
like(await main(max), /2026-Q2: approve it/, "who approves is told so");
const posted = [];
max.on("request", (r) => { if (r.method() === "POST" && r.url().endsWith("/approve")) posted.push(r.postData()); });
await look(max, "approve");
const form = await max.inputValue("main input[name=form]");
const seen = await max.inputValue("main input[name=seen]");
const post = (page, path, body) => page.evaluate(async ([p, b]) => {
  const r = await fetch(p, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: b, redirect: "manual" });
  return r.type === "opaqueredirect" ? 303 : r.status;
}, [path, body]);
const bare = `form=${form}&revision=1&seen=${seen}&confirm=1+${seen.slice(0, 8)}`;
is(await post(max, "/quarter/2026-Q2/approve", bare), 403, "who came by a passkey signs by that alone");
// What he signs for a rejection approves nothing.
await look(max, "reject");
const about = await max.inputValue("main input[name=about]");
await look(max, "approve");
await max.evaluate((a) => { document.querySelector("main input[name=about]").value = a; }, about);
is(await sign(max), 403, "what was signed for another step is refused");
like(await max.textContent(".errors"), /passkey has not signed this/, "and he is told");
is(await askShell("state"), "IN_QA", "nothing was approved by that");
await look(max, "approve");
is(await sign(max), 303, "his passkey approves what it was shown");
is(await askShell("state"), "APPROVED", "and it is approved");
is(await post(max, "/quarter/2026-Q2/approve", posted.at(-1)), 403, "the same once more is refused");

// --- sent
await look(carla, "submit");
await carla.fill("#f-channel", "portal");
await carla.fill("#f-reference", "R-117");
is(await sign(carla), 303, "who prepares notes how it was sent");
await look(carla, "acknowledge");
await carla.fill("#f-reference", "A-204");
is(await sign(carla), 303, "and the regulator's receipt");
like(await main(carla), /State\s*ACKNOWLEDGED/, "its page says so");
like(await main(carla), /Max Boss[^]*APPROVE/, "and who signed, by name");

// --- from a figure to its record
await max.goto(`${web}/quarter/2026-Q2`);
await max.click("nav[aria-label=Sheets] a:has-text('Observations')");
await max.click("table a:has-text('QL02')");
like(await max.textContent("h1"), /2026-Q2: QL02/, "a metric has a page");
await max.click("text=The records of this figure");
like(await main(max), /Records: 2/, "from its figure to its records");
await max.click("caption:has-text('Records that it counts') ~ tbody a >> nth=0");
like(await main(max), /observation: counts/, "to one of them");
like(await main(max), /source record id\s*(7 <b>|8)/, "with the source's own number, escaped");
like(await main(max), /QL02/, "and back to its figures");

// --- findings and actions
await max.goto(`${web}/cases/finding`);
await max.click("table a");
like(await main(max), /No mirror <at> lane 3/, "a finding is found");
await max.click("text=Add an action that answers it");
await max.fill("#f-title", "Mount a mirror");
await max.selectOption("#f-type", "CORRECTIVE");
await max.fill("#f-owner", "web:sid");
await max.fill("#f-original_due", "2027-06-30");
is(await sign(max), 303, "and answered by an action");
const action = new URL(max.url()).pathname;
await sid.goto(`${web}/`);
like(await main(sid), /Mount a mirror/, "which its owner sees at home");
await sid.goto(`${web}${action}/tell/CLAIM`);
await sid.fill("#f-text", "mounted at lane 3");
is(await sign(sid), 303, "and says that it is done");
await rita.goto(`${web}/`);
like(await main(rita), /1 action to be verified/, "then another is told to verify it");
await sid.goto(`${web}${action}`);
is(await sid.locator("nav[aria-label=Steps] a").allTextContents().then((t) => t.join()), "NOTE", "since he may not");

// --- every page: axe, sizes, dark
const paths = ["/", "/quarters", "/quarter/2026-Q2", "/quarter/2026-Q2?revision=now", "/quarter/2026-Q2/sheet/scorecard",
  "/quarter/2026-Q2/metric/QL02", "/quarter/2026-Q2/metric/QL02/records", "/quarter/2026-Q2/revise", "/quarter/2026-Q2/diff", "/records", "/quarantine",
  "/pending", "/feeds", "/doubles", "/imports", "/cases/finding", "/cases/action", "/cases/action/new", "/cases/scenario", "/cases/scenario/new", "/cases/assessment/new", "/people", "/grants",
  "/targets", "/devices", "/retention", "/holds", "/log"];
const context = carla.context();
const faults = [], wide = [];
for (const scheme of ["light", "dark"]) {
  await carla.emulateMedia({ colorScheme: scheme });
  for (const path of paths) {
    const answer = await carla.goto(`${web}${path}`);
    const found = answer.status() === 200 ? await violations(carla, axe) : `status ${answer.status()}`;
    if (found !== "")
      faults.push(`${scheme} ${path}: ${found}`);
  }
}
is(faults.join("; "), "", "axe finds nothing on any page, light or dark");
for (const width of [390, 1280, 2560]) {
  await carla.setViewportSize({ width, height: 900 });
  for (const path of paths) {
    await carla.goto(`${web}${path}`);
    const over = await carla.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0)
      wide.push(`${path} at ${width} by ${over}`);
  }
}
is(wide.join("; "), "", "no page scrolls sideways, 390 to 2560 wide");
await carla.setViewportSize({ width: 390, height: 900 });
await carla.goto(`${web}/records`);
is(await carla.evaluate(() => {
  const region = document.querySelector(".scroll");
  region.focus();
  return region.scrollWidth > region.clientWidth && document.activeElement === region;
}), true, "a wide table scrolls in a region of its own, by the keyboard, too");
await carla.goto(`${web}/quarters`);
await carla.keyboard.press("Tab");
is(await carla.evaluate(() => document.activeElement.textContent), "Skip to what the page says", "the first stop skips to the page");
await carla.keyboard.press("Enter");
is(await carla.evaluate(() => document.activeElement.id), "main", "and does so");

// --- without scripts
const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
const page = await plain.newPage();
await page.goto(`${web}/records`);
await page.fill("#f-number", "8");
await page.click("form.filters button");
like(page.url(), /number=8/, "without scripts a filter stands in the address");
is(await page.locator("tbody tr").count(), 1, "and filters");
await page.goto(`${web}/quarter/2026-Q2/metric/QL02`);
like(await page.textContent("main"), /The records of this figure/, "a metric is read");
await page.goto(`${web}/quarter/2026-Q2/revise`);
like(await page.locator("noscript").first().innerHTML(), /scripts are off/, "and what takes one says so");
await page.goto(`${web}/cases/finding/new`);
await page.fill("#f-title", "Told without a script");
await page.selectOption("#f-origin", "INSPECTION");
await page.selectOption("#f-severity", "MINOR");
await page.click("main form button");
like(page.url(), /\/case\/F-/, "a finding is raised");
await plain.close();

// --- the frozen page holds its place
is((await carla.goto(`${web}/quarter/2026-Q2?revision=9`)).status(), 200, "a revision that there is not is said on the page");
like(await main(carla), /no such revision/, "by what semsd says");
is((await carla.goto(`${web}/quarter/2026-Q9`)).status(), 400, "and a quarter that there is not");
is((await carla.goto(`${web}/quarter/2026-Q2/nothing`)).status(), 404, "and a page");
is(errors.filter((e) => /Content Security Policy/.test(e)).join(), "", "nothing of the pages is against their policy");
await close();
process.exit(0);
