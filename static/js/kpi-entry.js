/* Entry of a report: each field is kept on this device as it is typed and sent when it is left, and the page says which of
   the two has happened. What was kept survives a lost connection, an ended session and a closed browser; it is kept by
   user and value, so that nobody else at this device is shown it. Without this script the buttons do the same. */

const form = document.querySelector("form[data-entry]");
const left = document.querySelector("[data-left]");
const PATIENCE = 30_000; // milliseconds for an answer on a slow line
const STUCK = ["conflict", "refused", "forbidden"]; // nothing is won by sending the same again
const PAUSES = [3_000, 10_000, 30_000, 60_000]; // between attempts while there is no connection

/* What is kept on this device */

function shelf(user) {
  const key = (value) => `kpi-entry:${user}:${value}`;
  const attempt = (work) => { try { return work(); } catch { return null; } }; // storage may be off or full
  return {
    put: (value, kept) => attempt(() => { localStorage.setItem(key(value), JSON.stringify(kept)); return true; }),
    get: (value) => attempt(() => JSON.parse(localStorage.getItem(key(value)))),
    drop: (value) => attempt(() => localStorage.removeItem(key(value))),
  };
}

/* A report that takes no entries any more: show what was never sent */

if (left) {
  const kept = shelf(left.dataset.user);
  const rows = [...document.querySelectorAll("[data-held]")].filter((row) => kept.get(row.dataset.held));
  for (const row of rows) {
    const line = document.createElement("li");
    const { status, ...typed } = kept.get(row.dataset.held).texts;
    line.textContent = `${row.dataset.name}: ${Object.values(typed).filter(Boolean).join("; ")}`;
    left.querySelector("[data-left-list]").append(line);
  }
  left.hidden = rows.length === 0;
  left.querySelector("[data-left-drop]").addEventListener("click", () => {
    for (const row of rows) kept.drop(row.dataset.held);
    left.hidden = true;
  });
}

if (form) start();

function start() {
  form.classList.add("has-script");
  const kept = shelf(form.dataset.user);
  const word = (name) => form.getAttribute(`data-word-${name}`);
  const bar = form.querySelector(".entry-bar");
  const now = form.querySelector("[data-now]");
  const banner = document.querySelector("[data-away]");
  const blocks = new Map();
  let offline = false;
  let attempts = 0;
  let timer = 0;

  for (const element of form.querySelectorAll("[data-value]")) {
    const code = element.dataset.code;
    const fields = {};
    for (const field of element.querySelectorAll("input, select, textarea")) {
      const name = field.name.slice(code.length + 1);
      if (field.name.startsWith(`${code}-`) && !["version", "shown", "file"].includes(name)) fields[name] = field;
    }
    blocks.set(element, {
      element, code, fields, id: element.dataset.value,
      version: form.elements[`${code}-version`], file: form.elements[`${code}-file`],
      state: "", sending: null, memory: null,
    });
  }

  const texts = (block) => Object.fromEntries(Object.entries(block.fields).map(([name, field]) => [name, field.value]));
  const same = (one, other) => Object.keys(one).every((name) => (one[name] || "") === (other[name] || ""));
  const block = (element) => blocks.get(element.closest("[data-value]"));
  const waiting = () => [...blocks.values()].filter((item) => held(item));
  const held = (item) => item.memory || kept.get(item.id);

  /* Saying where things stand */

  function say(item, state) {
    item.state = state;
    const line = item.element.querySelector("[data-state]");
    line.dataset.is = state;
    line.textContent = state ? word(state) : "";
    item.element.classList.toggle("has-error", STUCK.includes(state));
    const many = waiting().length;
    bar.classList.toggle("is-here", many > 0);
    const text = many === 0 ? word("all-sent") : `${word(offline ? "offline" : "some-here")} ${many}`;
    if (now.textContent !== text) now.textContent = text;
  }

  function show(item, answer) {
    item.element.querySelector("[data-said]").innerHTML = answer.said;
    item.element.querySelector("[data-files]").innerHTML = answer.files;
    const wrong = answer.outcome === "refused" || answer.outcome === "conflict";
    for (const field of Object.values(item.fields)) field.setAttribute("aria-invalid", String(wrong));
    if (answer.said.includes("data-asks") || wrong) item.element.querySelector("details").open = true;
    form.querySelector("[data-all]").textContent = answer.all;
    for (const place of form.querySelectorAll("[data-count]")) place.textContent = answer.counts[place.dataset.count];
  }

  /* Keeping and sending */

  function keep(item) {
    const entry = { texts: texts(item), version: item.version.value };
    if (kept.put(item.id, entry)) {
      item.memory = null;
      say(item, "here");
    } else {
      item.memory = entry;
      say(item, "typed");
    }
  }

  async function ask(address, options) {
    const patience = new AbortController();
    const over = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const response = await fetch(address, {
        ...options, headers: { Accept: "application/json" }, credentials: "same-origin", signal: patience.signal,
      });
      const json = (response.headers.get("Content-Type") || "").startsWith("application/json");
      return { status: json ? response.status : response.ok ? 401 : response.status, response, answer: json ? await response.json() : null };
    } catch {
      return { status: 0 };
    } finally {
      clearTimeout(over);
    }
  }

  /* After a sign-in elsewhere the page's token is an old one: fetch the session's own, once. */
  async function send(item, address, body) {
    const token = form.elements.csrfmiddlewaretoken;
    body.set("csrfmiddlewaretoken", token.value);
    let found = await ask(address, { method: "POST", body });
    if (found.status === 403) {
      const fresh = await ask(item.element.dataset.url, { method: "GET" });
      if (fresh.status === 200) {
        token.value = fresh.response.headers.get("X-CSRFToken") || token.value;
        body.set("csrfmiddlewaretoken", token.value);
        found = await ask(address, { method: "POST", body });
      } else if (fresh.status === 401 || fresh.status === 0) found = fresh;
    }
    reached(found.status);
    return found;
  }

  function reached(status) {
    banner.hidden = status !== 401;
    offline = status === 0 || status >= 500;
    if (!offline) attempts = 0;
    clearTimeout(timer);
    if (offline) timer = setTimeout(again, PAUSES[Math.min(attempts, PAUSES.length - 1)]);
  }

  function again() {
    attempts += 1;
    flush();
  }

  function submit(item) {
    if (!item.sending) item.sending = deliver(item).finally(() => { item.sending = null; });
    return item.sending;
  }

  async function deliver(item) {
    for (let entry = held(item); entry; entry = held(item)) {
      const body = new FormData();
      for (const [name, text] of Object.entries(entry.texts)) body.set(`${item.code}-${name}`, text);
      body.set(`${item.code}-version`, entry.version);
      say(item, "sending");
      const { status, answer } = await send(item, item.element.dataset.url, body);
      const more = !same(texts(item), entry.texts); // typed while it was on its way
      if (answer && answer.outcome === "saved") {
        item.version.value = answer.version;
        show(item, answer);
        if (more) { keep(item); continue; }
        kept.drop(item.id);
        item.memory = null;
        say(item, "sent");
      } else if (answer && (answer.outcome === "conflict" || answer.outcome === "refused")) {
        show(item, answer);
        if (more && answer.outcome === "refused") continue;
        say(item, answer.outcome);
      } else {
        say(item, status === 403 || status === 404 ? "forbidden" : item.memory ? "typed" : "here");
      }
      return;
    }
  }

  async function flush() {
    for (const item of blocks.values()) {
      if (!held(item) || STUCK.includes(item.state)) continue;
      await submit(item);
      if (offline) return; // one attempt is enough to learn it
    }
    for (const item of blocks.values()) {
      if (item.lost) await attach(item);
    }
  }

  /* Files are too large to be kept: they wait in the page */

  async function attach(item) {
    const line = item.element.querySelector("[data-file-state]");
    const file = item.file.files[0];
    item.file.classList.toggle("is-chosen", Boolean(file));
    if (!file) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", ""); // before the file: what comes after one that is too large is not read
    body.set("file", file);
    line.dataset.is = "sending";
    line.textContent = word("file-sending");
    const { status, answer } = await send(item, item.element.dataset.evidence, body);
    const outcome = answer ? answer.outcome : "";
    item.lost = outcome !== "saved" && outcome !== "refused" && ![403, 404, 413].includes(status);
    if (outcome === "saved") {
      show(item, answer);
      item.file.value = "";
      item.file.classList.remove("is-chosen");
      line.dataset.is = "sent";
      line.textContent = `${word("file-sent")}: ${file.name}`;
    } else {
      line.dataset.is = item.lost ? "here" : "refused";
      line.textContent = outcome === "refused" ? answer.message : word(item.lost ? "file-lost" : "file-refused");
    }
  }

  async function remove(button) {
    const item = block(button);
    const line = item.element.querySelector("[data-file-state]");
    const { answer } = await send(item, button.dataset.remove, new FormData());
    const gone = answer && answer.outcome === "saved";
    if (gone) show(item, answer);
    line.dataset.is = gone ? "" : "refused";
    line.textContent = gone ? "" : answer && answer.message ? answer.message : word("file-stays");
    item.element.querySelector("[data-files]").focus();
  }

  /* A conflict is decided by whoever typed: theirs stays, or mine replaces it */

  async function theirs(item) {
    const { status, answer } = await ask(item.element.dataset.url, { method: "GET" });
    reached(status);
    if (!answer) return;
    for (const [name, field] of Object.entries(item.fields)) field.value = answer.texts[name] || "";
    item.version.value = answer.version;
    kept.drop(item.id);
    item.memory = null;
    show(item, answer);
    say(item, "sent");
    Object.values(item.fields)[0].focus();
  }

  function mine(item, version) {
    item.version.value = version;
    keep(item);
    Object.values(item.fields)[0].focus();
    submit(item);
  }

  async function finish() {
    await flush();
    const stuck = waiting()[0] || [...blocks.values()].find((item) => item.lost);
    if (!stuck) {
      location.assign(form.dataset.submit);
      return;
    }
    now.textContent = word("submit-first");
    stuck.element.scrollIntoView();
    Object.values(stuck.fields)[0].focus();
  }

  form.addEventListener("input", (event) => {
    if (event.target.type !== "file" && event.target.closest("[data-value]")) keep(block(event.target));
  });
  form.addEventListener("change", (event) => {
    const place = event.target.closest("[data-value]");
    if (!place) return;
    const item = blocks.get(place);
    if (event.target.type === "file") attach(item);
    else {
      if (!held(item)) keep(item);
      submit(item);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button?.name === "remove") remove(button);
    else if (button?.name === "theirs") theirs(block(button));
    else if (button?.name === "mine") mine(block(button), button.value.split(":")[1]);
    else if (button?.name === "next") finish();
    else flush();
  });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  window.addEventListener("beforeunload", (event) => {
    if ([...blocks.values()].some((item) => item.memory || item.lost)) event.preventDefault();
  });

  /* What an earlier visit has left unsent stands in its field again, and is sent */
  for (const item of blocks.values()) {
    const entry = kept.get(item.id);
    if (!entry) continue;
    if (same(entry.texts, texts(item))) kept.drop(item.id);
    else {
      item.version.value = entry.version; // what was read when it was typed, or a conflict would go unseen
      for (const [name, field] of Object.entries(item.fields)) field.value = entry.texts[name] ?? field.value;
      item.element.querySelector("details").open = true;
      say(item, "here");
    }
  }
  now.textContent = waiting().length ? `${word("some-here")} ${waiting().length}` : word("all-sent");
  bar.classList.toggle("is-here", waiting().length > 0);
  flush();
}
