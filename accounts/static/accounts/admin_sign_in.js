"use strict";

// The second step of the admin's sign-in by a passkey: its answer goes with the password.

const form = document.getElementById("login-form");
const button = document.getElementById("passkey-button");
const failed = document.getElementById("passkey-failed");

/** What the server asks for now: it is good for five minutes, and the page may be older. */
async function freshlyAsked() {
  const reply = await fetch(location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  return JSON.parse(page.getElementById(button.id).dataset.asked);
}

async function passkeySent() {
  const { options, state } = await freshlyAsked();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  form.elements.passkey.value = JSON.stringify({ state, credential: credential.toJSON() });
  form.submit();
}

// Older browsers know passkeys and not their JSON; without HTTPS none knows them.
if (button && globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    failed.hidden = true;
    button.disabled = true;
    try {
      await passkeySent();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
}
