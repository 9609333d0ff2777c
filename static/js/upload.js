/* While a file is sent and read: say so, and take no second click. Without this the form works just the same. */

for (const form of document.querySelectorAll("form[data-upload]")) {
  const button = form.querySelector("button[type=submit]");
  const status = form.querySelector("[data-upload-status]");
  form.addEventListener("submit", (event) => {
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "yes";
    button.setAttribute("aria-disabled", "true");
    status.textContent = status.dataset.busy;
    const bar = document.createElement("progress");
    bar.className = "upload-progress";
    bar.setAttribute("aria-label", status.dataset.busy);
    status.append(" ", bar);
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.busy;
    button.removeAttribute("aria-disabled");
    status.textContent = "";
  });
}
