/* Entry of a report: each field is kept on this device as it is typed and sent when it is left, and the page says which of
   the two has happened. What was kept survives a lost connection, an ended session and a closed browser; it is kept by
   user, value and open page, so that nobody else at this device is shown it and no page sends or overwrites what was
   typed in another. Without this script the buttons do the same. */

const form = document.querySelector("form[data-entry]");
const left = document.querySelector("[data-left]");
const PATIENCE = 30_000; // milliseconds for an answer on a slow line
const STUCK = ["conflict", "refused", "forbidden"]; // nothing is won by sending the same again
const PAUSES = [3_000, 10_000, 30_000, 60_000]; // between attempts while there is no connection

/* What is kept on this device */

function shelf(user) {
  const page = `${Date.now()}-${Math.random()}`;
  const prefix = (value) => `kpi-entry:${user}:${value}:`;
  const attempt = (work, otherwise = null) => { try { return work(); } catch { return otherwise; } }; // storage may be off or full
  const places = (value) => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix(value))), []);
  const entries = (value) => places(value)
    .map((key) => ({ key, ...attempt(() => JSON.parse(localStorage.getItem(key)), {}) }))
    .filter((entry) => entry.texts)
    .sort((one, other) => one.at - other.at);
  const drop = (value) => attempt(() => localStorage.removeItem(prefix(value) + page));
  return {
    put: (value, entry) =>
      attempt(() => { localStorage.setItem(prefix(value) + page, JSON.stringify({ ...entry, at: Date.now() })); return true; }, false),
    latest: (value) => entries(value).at(-1) || null, // whichever page it was typed in
    release: (key) => attempt(() => localStorage.removeItem(key)),
    drop,
    clear: (value) => { for (const key of places(value)) attempt(() => localStorage.removeItem(key)); },
  };
}

/* A report that takes no entries any more: show what was never sent */

if (left) {
  const kept = shelf(left.dataset.user);
  const rows = [...document.querySelectorAll("[data-held]")].filter((row) => kept.latest(row.dataset.held));
  for (const row of rows) {
    const line = document.createElement("li");
    const { status, ...typed } = kept.latest(row.dataset.held).texts;
    line.textContent = `${row.dataset.name}: ${Object.values(typed).filter(Boolean).join("; ")}`;
    left.querySelector("[data-left-list]").append(line);
  }
  left.hidden = rows.length === 0;
  left.querySelector("[data-left-drop]").addEventListener("click", () => {
    for (const row of rows) kept.clear(row.dataset.held);
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
  const written = new WeakMap();
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
      state: "", sending: null, entry: null, stored: false, uploading: null, lost: false,
    });
  }

  const texts = (block) => Object.fromEntries(Object.entries(block.fields).map(([name, field]) => [name, field.value]));
  const same = (one, other) => Object.keys(one).every((name) => (one[name] || "") === (other[name] || ""));
  const block = (element) => blocks.get(element.closest("[data-value]"));
  const waiting = () => [...blocks.values()].filter((item) => item.entry);

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
    write(item.element.querySelector("[data-said]"), answer.said);
    write(item.element.querySelector("[data-files]"), answer.files);
    const wrong = answer.outcome === "refused" || answer.outcome === "conflict";
    for (const field of Object.values(item.fields)) field.setAttribute("aria-invalid", String(wrong));
    if (answer.said.includes("data-asks") || wrong) item.element.querySelector("details").open = true;
    form.querySelector("[data-all]").textContent = answer.all;
    for (const place of form.querySelectorAll("[data-count]")) place.textContent = answer.counts[place.dataset.count];
  }

  /* A late answer leaves the reader where they are: what is the same is not written, what had the focus gets it back. */
  function write(place, html) {
    if (written.get(place) === html) return;
    written.set(place, html);
    const focused = place.contains(document.activeElement) && place !== document.activeElement ? document.activeElement : null;
    place.innerHTML = html;
    if (!focused) return;
    const again = [...place.querySelectorAll("a, button, [tabindex]")].find((other) => mark(other) === mark(focused));
    (again || block(place).file).focus();
  }

  const mark = (element) => [element.tagName, element.name, element.value, element.getAttribute("href")].join(" ");

  /* Keeping and sending */

  function keep(item) {
    item.entry = { texts: texts(item), version: item.version.value };
    item.stored = kept.put(item.id, item.entry);
    say(item, where(item));
  }

  const where = (item) => (item.stored ? "here" : "typed");

  function settled(item, state) {
    kept.drop(item.id);
    item.entry = null;
    item.stored = false;
    say(item, state);
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

  /* A file on a slow line takes as long as it takes, as long as it gets on. */
  function upload(address, body, told) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      let over = setTimeout(() => request.abort(), PATIENCE);
      const on = () => {
        clearTimeout(over);
        over = setTimeout(() => request.abort(), PATIENCE);
      };
      request.upload.addEventListener("progress", (event) => {
        on();
        if (event.lengthComputable) told(event.loaded / event.total);
      });
      request.upload.addEventListener("load", on);
      request.addEventListener("loadend", () => {
        clearTimeout(over);
        const signIn = request.response === null && request.status >= 200 && request.status < 300;
        resolve({ status: signIn ? 401 : request.status, answer: request.response });
      });
      request.open("POST", address);
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.send(body);
    });
  }

  /* After a sign-in elsewhere the page's token is an old one: fetch the session's own, once. Whoever signed in, what is
     sent names who typed it, and is not taken from anybody else's session. */
  async function send(item, address, body, told) {
    const token = form.elements.csrfmiddlewaretoken;
    const post = () => (told ? upload(address, body, told) : ask(address, { method: "POST", body }));
    body.set("csrfmiddlewaretoken", token.value);
    let found = await post();
    if (found.status === 403) {
      const fresh = await ask(item.element.dataset.url, { method: "GET" });
      if (fresh.status === 200) {
        token.value = fresh.response.headers.get("X-CSRFToken") || token.value;
        body.set("csrfmiddlewaretoken", token.value);
        found = await post();
      } else if (fresh.status === 401 || fresh.status === 0) found = fresh;
    }
    reached(found.status);
    return found;
  }

  /* Who and by which token goes first: of a file that is far too large nothing behind it is read. */
  function parcel() {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", "");
    body.set("typed_by", form.dataset.user);
    return body;
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
    while (item.entry) {
      const entry = item.entry;
      const body = parcel();
      for (const [name, text] of Object.entries(entry.texts)) body.set(`${item.code}-${name}`, text);
      body.set(`${item.code}-version`, entry.version);
      say(item, "sending");
      const { status, answer } = await send(item, item.element.dataset.url, body);
      const more = item.entry !== entry && !same(item.entry.texts, entry.texts); // typed while it was on its way
      if (answer && answer.outcome === "saved") {
        item.version.value = answer.version;
        show(item, answer);
        if (more) keep(item);
        else settled(item, "sent");
      } else if (answer && (answer.outcome === "conflict" || answer.outcome === "refused")) {
        show(item, answer);
        if (more && answer.outcome === "refused") continue;
        say(item, answer.outcome);
        return;
      } else {
        say(item, status === 403 || status === 404 ? "forbidden" : where(item));
        return;
      }
    }
  }

  async function flush() {
    for (const item of blocks.values()) {
      if (!item.entry || STUCK.includes(item.state)) continue;
      await submit(item);
      if (offline) return; // one attempt is enough to learn it
    }
    for (const item of blocks.values()) {
      if (item.lost) await attach(item);
    }
  }

  /* Files are too large to be kept: they wait in the page */

  function attach(item) {
    const going = carry(item).finally(() => { if (item.uploading === going) item.uploading = null; });
    item.uploading = going;
    return going;
  }

  async function carry(item) {
    const line = item.element.querySelector("[data-file-state]");
    const file = item.file.files[0];
    item.file.classList.toggle("is-chosen", Boolean(file));
    item.lost = false;
    if (!file) return;
    const body = parcel();
    body.set("file", file);
    line.dataset.is = "sending";
    line.textContent = word("file-sending");
    const { status, answer } = await send(item, item.element.dataset.evidence, body, (share) => {
      const text = `${word("file-sending")} ${Math.floor(share * 10) * 10} %`;
      if (line.textContent !== text) line.textContent = text;
    });
    const outcome = answer ? answer.outcome : "";
    if (item.file.files[0] !== file) { // another one was chosen meanwhile, and speaks for itself
      if (outcome === "saved") show(item, answer);
      return;
    }
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
    const { answer } = await send(item, button.dataset.remove, parcel());
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
    show(item, answer);
    settled(item, "sent");
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
    await Promise.all([...blocks.values()].map((item) => item.uploading));
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
      if (!item.entry) keep(item);
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
    const unkept = (item) => (item.entry && !item.stored) || item.uploading || item.lost;
    if ([...blocks.values()].some(unkept)) event.preventDefault();
  });

  /* What an earlier visit has left unsent stands in its field again, and is sent */
  for (const item of blocks.values()) {
    const entry = kept.latest(item.id);
    if (!entry) continue;
    if (!same(entry.texts, texts(item))) {
      item.version.value = entry.version; // what was read when it was typed, or a conflict would go unseen
      for (const [name, field] of Object.entries(item.fields)) field.value = entry.texts[name] ?? field.value;
      item.element.querySelector("details").open = true;
      keep(item);
    }
    kept.release(entry.key); // this page has it now, or the register
  }
  now.textContent = waiting().length ? `${word("some-here")} ${waiting().length}` : word("all-sent");
  bar.classList.toggle("is-here", waiting().length > 0);
  flush();
}
