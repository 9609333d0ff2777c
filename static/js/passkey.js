/* <div data-passkey="loginForm" data-credential="id" …> wires a form to the browser's passkeys with allauth's scripts,
   which stand before this one; says on the page, not only to the console, that a passkey was not used. */

for (const wiring of document.querySelectorAll("[data-passkey]")) {
  const { passkey, ...ids } = wiring.dataset;
  window.allauth.webauthn.forms[passkey]({ ids });
}

document.addEventListener("allauth.error", (event) => {
  const said = document.getElementById("passkey-failed");
  if (!said) return;
  event.preventDefault();
  said.hidden = false;
});
