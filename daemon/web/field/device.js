// Who this device is: a key that never leaves it, and whose public half an administrator's code enrols.
import { lastContact, noteContact, now } from "./clock.js";
import { getNamed, setNamed } from "./db.js";

/** @typedef {import("./types").Device} Device */

const ANSWER_MS = 30000;

/** @param {ArrayBuffer | Uint8Array} bytes */
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** @param {string} text */
const sha256Hex = async (text) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
};

/** @returns {Promise<Device | null>} */
export const loadDevice = async () => await getNamed("device") ?? null;

/** Of the server: what it says, and when. @param {string} path @param {RequestInit} init */
const ask = async (path, init) => {
  const answer = await fetch(path, { ...init, cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await answer.text();
  await noteContact(answer.headers.get("Date"));
  return { answer, text };
};

/** @param {string} text @returns {any} */
const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/** Whether the server is there; and what time it is. */
export const knock = async () => {
  await ask("/livez", {});
};

/** @param {string} code @returns {Promise<Device>} */
export const enrol = async (code) => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const { answer, text } = await ask("/v1/enrol", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code, publicKey: { kty, crv, x, y } }),
  });
  const said = parse(text);
  if (!answer.ok)
    throw new Error(said.text ?? `the server answered ${answer.status}`);
  const device = { principal: said.principal, keyId: said.keyId, key: pair.privateKey };
  await setNamed("device", device);
  return device;
};

/** @param {Device} device @param {string} method @param {string} path @param {string} body */
const authorization = async (device, method, path, body) => {
  const at = now();
  const lines = ["sems1", device.keyId, String(at), method, path, await sha256Hex(body)].join("\n");
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, device.key,
    new TextEncoder().encode(lines));
  return `SEMS keyId=${device.keyId}, time=${at}, signature=${base64(signature)}`;
};

/**
 * Asks as this device. Where the clock was wrong it is asked once more, by the server's.
 * @param {Device} device @param {"GET" | "POST"} method @param {string} path @param {string} body
 * @returns {Promise<{status: number, said: any, retryAfterMs: number}>}
 */
export const askAs = async (device, method, path, body = "") => {
  for (let again = 0; ; again++) {
    const before = lastContact()?.offset ?? 0;
    const { answer, text } = await ask(path, {
      method,
      headers: { Authorization: await authorization(device, method, path, body), "Content-Type": "application/json" },
      ...(method === "POST" ? { body } : {}),
    });
    const moved = Math.abs((lastContact()?.offset ?? 0) - before) > 60000;
    if (answer.status !== 401 || again !== 0 || !moved)
      return { status: answer.status, said: parse(text), retryAfterMs: 1000 * Number(answer.headers.get("Retry-After") ?? 0) };
  }
};
