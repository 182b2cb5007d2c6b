// Passkeys: registers one by a link of an administrator's, and signs in by one.
"use strict";

/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
/** @param {ArrayBuffer} bytes */
const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
/** @param {string} text */
const bytesOfHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (h) => parseInt(h, 16));

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} text @param {boolean} isBad */
const say = (text, isBad) => {
  const state = part("state");
  state.textContent = text;
  state.className = isBad ? "bad" : "good";
};

/** @param {string} path @param {object} what @returns {Promise<any>} */
const ask = async (path, what) => {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw new Error(said.text ?? `the answer was ${answer.status}: try again`);
  return said;
};

// What goes wrong in a browser has names; the usual ones are told in words.
/** @type {Record<string, string>} */
const words = {
  NotAllowedError: "Nothing was signed: it took too long, was cancelled, or this device has no passkey for here.",
  InvalidStateError: "This device has a passkey for here already.",
  NotSupportedError: "This browser has no passkeys of the sort that is asked for.",
  SecurityError: "This page is not at the address that passkeys are for: open it by its own.",
};

/** @param {HTMLButtonElement} button @param {() => Promise<void>} work @returns {(event: Event) => Promise<void>} */
const attempt = (button, work) => async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    if (!window.PublicKeyCredential)
      throw new Error("This browser has no passkeys.");
    await work();
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    say(words[name] ?? message, true);
  } finally {
    button.disabled = false;
  }
};

const signIn = async () => {
  const asked = await ask("/passkey/begin", {});
  const credential = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({
    publicKey: { challenge: bytesOf(asked.challenge), rpId: asked.rpId, userVerification: "required" },
  }));
  const r = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  await ask("/passkey/sign-in", {
    id: textOf(credential.rawId), clientDataJSON: textOf(r.clientDataJSON),
    authenticatorData: textOf(r.authenticatorData), signature: textOf(r.signature),
    userHandle: r.userHandle ? textOf(r.userHandle) : "",
  });
  location.assign(location.pathname + location.search);
};

/** @param {string} link @param {string} name */
const register = async (link, name) => {
  const asked = await ask("/passkey/invited", { link });
  const credential = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({
    publicKey: {
      challenge: bytesOf(asked.challenge),
      rp: { id: asked.rpId, name: "semsd" },
      user: { id: bytesOf(asked.user), name: asked.principal, displayName: asked.name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: /** @type {const} */ ("public-key"), alg })),
      excludeCredentials: asked.known.map((/** @type {string} */ id) => ({ type: "public-key", id: bytesOfHex(id) })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    },
  }));
  const r = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
  await ask("/passkey/register", {
    link, name, clientDataJSON: textOf(r.clientDataJSON), authenticatorData: textOf(r.getAuthenticatorData()),
  });
  history.replaceState(null, "", "/invite");
  part("register").remove();
  say("The passkey is registered: sign in by it from now on.", false);
  part("front").hidden = false;
};

// The secret of a link stands behind #, which a browser sends to nobody.
/** @param {HTMLFormElement} form */
const invite = (form) => {
  const link = location.hash.slice(1);
  if (!/^[0-9a-f]{64}$/.test(link)) {
    form.remove();
    say("This address lacks its end: open the whole link that you were given.", true);
    return;
  }
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const name = /** @type {HTMLInputElement} */ (form.elements.namedItem("name"));
  form.addEventListener("submit", attempt(button, () => register(link, name.value.trim())));
};

// A form that is signed: by a challenge for just what it is about.
/** @param {HTMLFormElement} form @returns {() => Promise<void>} */
const sign = (form) => async () => {
  /** @param {string} name @returns {HTMLInputElement} */
  const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const asked = await ask("/passkey/confirm", { link: field("about").value });
  const credential = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({
    publicKey: { challenge: bytesOf(asked.challenge), rpId: asked.rpId, userVerification: "required" },
  }));
  const r = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  field("id").value = textOf(credential.rawId);
  field("clientDataJSON").value = textOf(r.clientDataJSON);
  field("authenticatorData").value = textOf(r.authenticatorData);
  field("signature").value = textOf(r.signature);
  field("userHandle").value = r.userHandle ? textOf(r.userHandle) : "";
  form.submit();
};

const start = () => {
  const button = /** @type {HTMLButtonElement | null} */ (document.getElementById("sign-in"));
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("register"));
  if (button)
    button.addEventListener("click", attempt(button, signIn));
  if (form)
    invite(form);
  for (const about of document.querySelectorAll("input[name=about]")) {
    const signed = /** @type {HTMLFormElement} */ (about.closest("form"));
    signed.addEventListener("submit", attempt(/** @type {HTMLButtonElement} */ (signed.querySelector("button")), sign(signed)));
  }
};

start();
