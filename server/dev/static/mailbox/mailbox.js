/* Shows times in the browser's time zone, and refreshes the list of messages without moving the visible ones. */
"use strict";

const INTERVAL = 2000; // milliseconds between two looks at the server
const CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const list = document.getElementById("messages");
const filter = document.getElementById("filter");
let latest = 0; // number of the newest request; answers to older ones are dropped

showLocalTimes(document);
if (list) {
  filter.classList.add("live"); // the button is for browsers without scripts
  filter.addEventListener("input", filterAnew);
  filter.addEventListener("submit", (event) => { event.preventDefault(); filterAnew(); });
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, INTERVAL);
}

function showLocalTimes(within) {
  for (const time of within.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.title = `${moment.toISOString()} (shown in the time zone ${CLOCK.resolvedOptions().timeZone})`;
    time.textContent = CLOCK.format(moment);
  }
}

function filterAnew() {
  const wanted = filter.elements.to.value.trim();
  history.replaceState(null, "", wanted ? `?${new URLSearchParams({ to: wanted })}` : location.pathname);
  refresh();
}

/** Fetches this page again and applies the changes. */
async function refresh() {
  if (document.hidden) return;
  const number = ++latest;
  const state = document.getElementById("state");
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (number !== latest) return;
    showLocalTimes(page);
    keepingPlace(() => takeOver(page));
    state.textContent = "";
  } catch {
    if (number === latest) state.textContent = "The server does not answer. This page goes on trying.";
  }
}

/** Adds new messages and removes missing ones; the others keep their focus. */
function takeOver(page) {
  const fresh = [...page.querySelectorAll("#messages > li")];
  const ids = new Set(fresh.map(({ id }) => id));
  [...list.children].filter(({ id }) => !ids.has(id)).forEach((item) => item.remove());
  fresh.forEach((item, index) => {
    if (list.children[index]?.id !== item.id) list.insertBefore(item, list.children[index] ?? null);
  });
  for (const id of ["notes", "receivers"]) {
    const [old, now] = [document, page].map((source) => source.getElementById(id));
    if (old.innerHTML !== now.innerHTML) old.replaceChildren(...now.childNodes);
  }
}

/** Changes the list so that the first message in view stays where it is; at the top, new ones push it down. */
function keepingPlace(change) {
  const anchor = scrollY > 0 ? [...list.children].find((item) => item.getBoundingClientRect().bottom > 0) : undefined;
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}
