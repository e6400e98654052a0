// Sealed bids: the amount and the secret never leave the browser, only the SHA-256 of them does. Without this file the digest is computed elsewhere.
"use strict";

async function sealed(parts) {
  const text = parts.map((part) => `${Array.from(part).length}:${part}`).join("");
  const bytes = await window.crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

document.querySelectorAll("form[data-seal]").forEach((form) => {
  const amount = form.querySelector("[name=amount_fen]");
  const digest = form.querySelector("[name=digest]");
  if (!amount || !digest || !window.crypto || !window.crypto.subtle) return;
  const secret = digest.cloneNode();
  secret.removeAttribute("name");
  secret.id = "seal-secret";
  secret.minLength = 16;
  secret.required = true;
  const field = digest.closest(".field").cloneNode(true);
  field.querySelector("input").replaceWith(secret);
  field.querySelector("label").setAttribute("for", secret.id);
  field.querySelector("label").textContent = form.dataset.secret;
  digest.closest(".field").before(field);
  digest.readOnly = true;
  form.addEventListener("submit", (event) => {
    if (!amount.value || !secret.value) return;
    event.preventDefault();
    const [whole, part = ""] = amount.value.replaceAll(",", "").split(".");
    const fen = String(Number(whole) * 100 + Number((part + "00").slice(0, 2)));
    sealed([form.dataset.auction, form.dataset.bidder, fen, secret.value]).then((found) => {
      digest.value = found;
      amount.value = "";
      form.submit();
    });
  });
});
