// People sign in at semsweb in Chromium, with its virtual authenticator: passkey.mjs WEB LINK_RITA LINK_MAX LINK_SPARE
import { readFileSync } from "node:fs";
import { askShell, is, like, openBrowser, violations as axeFinds } from "./lib.mjs";

const [web, linkRita, linkMax, linkSpare] = process.argv.slice(2);
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

const { browser, close } = await openBrowser();

// A person's browser with a device of its own.
const openPerson = async (options = {}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true, ...options },
  });
  return { context, page, cdp, authenticatorId };
};
const state = async (page) => {
  await page.waitForFunction(() => document.getElementById("state").textContent !== "");
  return page.textContent("#state");
};
const register = async (person, link, name) => {
  await person.page.goto("about:blank");
  await person.page.goto(link);
  await person.page.fill("#name", name);
  await person.page.click("#register button");
  return state(person.page);
};
const signIn = async (person) => {
  await person.page.goto(`${web}/`);
  const reply = person.page.waitForResponse((r) => r.url().endsWith("/passkey/sign-in") || (r.url().endsWith("/passkey/begin") && !r.ok()));
  await person.page.click("#sign-in");
  const said = await reply;
  if (said.ok()) {
    await person.page.waitForURL(`${web}/`);
    await person.page.waitForSelector("dl, #sign-in");
  }
  return said.status();
};
const violations = async (page) => {
  await page.context().newCDPSession(page).then((s) => s.send("Page.setBypassCSP", { enabled: true }));
  await page.reload();
  return axeFinds(page, axe);
};
const post = (page, path, body) => page.evaluate(async ([p, b]) => {
  const r = await fetch(p, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(b) });
  return { status: r.status, text: await r.text() };
}, [path, body]);

// --- a person is invited, registers and signs in
const rita = await openPerson();
const errors = [];
rita.page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
await rita.page.goto(`${web}/`);
like(await rita.page.textContent("main"), /Nobody is signed in here/, "a stranger is told so");
is(await violations(rita.page), "", "axe finds nothing on the landing page");
const policy = await openPerson();
await policy.page.goto(`${web}/invite`);
like(await state(policy.page), /open the whole link/, "a link without its end is told");
await policy.page.goto("about:blank");
await policy.page.goto(`${linkRita.slice(0, -4)}0000`);
await policy.page.click("#register button");
like(await state(policy.page), /unknown, was used/, "and another link is refused");
await policy.context.close();
like(await register(rita, linkRita, "Rita's phone"), /registered/, "an invited person registers a passkey");
is(await violations(rita.page), "", "axe finds nothing on the page of a link");
is((await rita.cdp.send("WebAuthn.getCredentials", { authenticatorId: rita.authenticatorId })).credentials.length, 1,
  "which the device keeps");
const again = await openPerson();
like(await register(again, linkRita, "Another"), /was used/, "the link is for once");
await again.context.close();
is(await signIn(rita), 200, "the passkey signs in");
like(await rita.page.textContent("main"), /You areweb:rita\s*Roleauditor\s*Signed in bya passkey/, "the page says who one is");
is(await violations(rita.page), "", "axe finds nothing on the page of who is signed in");

// --- what is refused
await rita.page.goto("about:blank");
await rita.page.goto(linkMax);
await rita.page.click("#register button");
like(await state(rita.page), /another person's/, "a link for another person is refused to who is signed in");
const spied = [];
await rita.page.route("**/passkey/sign-in", async (route) => {
  spied.push(route.request().postDataJSON());
  await route.continue();
});
await rita.page.goto(`${web}/`);
await rita.page.click("form button");
await rita.page.waitForSelector("#sign-in");
like(await rita.page.textContent("main"), /Nobody is signed in here/, "who signs out is a stranger");
is(await signIn(rita), 200, "and signs in again");
const replay = await post(rita.page, "/passkey/sign-in", spied.at(-1));
like(`${replay.status} ${replay.text}`, /^403.*answered already/, "what was signed is of use once");
await post(rita.page, "/passkey/begin", {});
const old = await post(rita.page, "/passkey/sign-in", spied.at(-1));
like(`${old.status} ${old.text}`, /^403.*not what was asked for/, "and for its own challenge");
const altered = async (change, what, pattern) => {
  const person = await openPerson();
  await person.page.goto(`${web}/`);
  const { text } = await post(person.page, "/passkey/begin", {});
  const { challenge } = JSON.parse(text);
  const body = { ...spied.at(-1) };
  const client = JSON.parse(Buffer.from(body.clientDataJSON, "base64"));
  client.challenge = challenge.replace(/=+$/, "").replace(/\+/g, "-").replace(/\//g, "_");
  change(client, body);
  body.clientDataJSON = Buffer.from(JSON.stringify(client)).toString("base64");
  const r = await post(person.page, "/passkey/sign-in", body);
  like(`${r.status} ${r.text}`, pattern, what);
  await person.context.close();
};
await altered((c) => { c.origin = "https://sems.example"; }, "what another site asked for is refused", /^403.*another site/);
await altered(() => {}, "what was put into another's words is refused", /^403.*not signed by this passkey/);
await altered((c) => { c.type = "webauthn.create"; }, "and what was signed for something else", /^403.*something else/);
await altered((c, b) => {
  const data = Buffer.from(b.authenticatorData, "base64");
  data[32] &= ~4;
  b.authenticatorData = data.toString("base64");
}, "and where nobody looked who it is", /^403.*did not look who it is/);
await altered((c, b) => {
  const data = Buffer.from(b.authenticatorData, "base64");
  data[0] ^= 1;
  b.authenticatorData = data.toString("base64");
}, "and another site's passkey", /^403.*another site's/);
const elsewhere = await openPerson();
await elsewhere.page.goto(`${web.replace("localhost", "127.0.0.1")}/`);
await elsewhere.page.click("#sign-in");
like(await state(elsewhere.page), /not at the address|open it by its own/, "at another address the page says so");
await elsewhere.context.close();
const stranger = await openPerson();
await stranger.page.goto(`${web}/`);
const taken = await post(stranger.page, "/passkey/sign-in", spied.at(-1));
like(`${taken.status} ${taken.text}`, /^403.*nothing was asked/, "another browser has no use of it");
await stranger.context.close();

// --- a copy, whose count goes back
const max = await openPerson();
like(await register(max, linkMax, "Max's key"), /registered/, "another person registers one");
is(await signIn(max), 200, "and signs in");
like(await max.page.textContent("main"), /You areweb:max/, "as himself");
const [credential] = (await max.cdp.send("WebAuthn.getCredentials", { authenticatorId: max.authenticatorId })).credentials;
const copy = await openPerson();
await copy.cdp.send("WebAuthn.addCredential", { authenticatorId: copy.authenticatorId, credential: { ...credential, signCount: 1 } });
is(await signIn(copy), 403, "a copy whose count is behind is refused");
like(await state(copy.page), /went back/, "and told why");
await copy.context.close();

// --- one that asks for nothing does not register
const lax = await openPerson({ hasUserVerification: false, isUserVerified: false });
like(await register(lax, linkSpare, "Lax"), /Nothing was signed|no passkeys of the sort/, "a device that does not look who it is registers nothing");
await lax.context.close();

// --- revoked
like(await askShell("revoke"), /revoked/, "an administrator revokes the passkey");
const since = Date.now();
let text = "";
do {
  await rita.page.waitForTimeout(500);
  await rita.page.goto(`${web}/`);
  text = await rita.page.textContent("main");
} while (/web:rita/.test(text) && Date.now() - since < 60000);
like(text, /passkey is revoked/, "and who was signed in by it is signed out");
is(await signIn(rita), 403, "it signs nobody in any more");
is(errors.filter((e) => /Content Security Policy/.test(e)).join(), "", "nothing of the pages is against their policy");
await close();
process.exit(0);
