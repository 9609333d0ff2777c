/* <button hidden data-copy="id"> copies the text of #id and says so; hidden where a browser cannot. */

function prepare(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.textContent.replace(/\s+/g, " ").trim());
  const said = button.parentElement.querySelector("[role=status]");
  if (said) said.textContent = button.dataset.copied;
});

prepare(document);
