// Shows changes as they happen, and moves through the history of an order. The pages also work without it.

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let shown;
let isLoading = false;

/** Loads the page again, and replaces its live elements. */
async function refresh(position) {
  const shownUrl = location.href;
  const url = new URL(shownUrl);
  url.searchParams.set("after", position);
  const { version } = document.querySelector("[data-version]")?.dataset ?? {};
  if (version) url.searchParams.set("seen", version);
  const response = await fetch(url);
  if (!response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (location.href !== shownUrl) return refresh(position); // the slider was moved in the meantime
  for (const element of document.querySelectorAll("[data-live]")) {
    const changed = page.getElementById(element.id);
    if (changed && changed.innerHTML !== element.innerHTML) element.replaceChildren(...changed.childNodes);
  }
  return true;
}

/** Refreshes until the page shows the latest position. */
async function follow(position) {
  shown = position;
  if (isLoading) return;
  isLoading = true;
  for (let done; done !== shown; ) {
    const next = shown;
    if (await refresh(next).catch(() => false)) done = next;
    else await wait(1_000);
  }
  isLoading = false;
}

/** Shows the state of an order at a version. The address contains the version, unless it is the last one. */
function showVersion(slider) {
  history.replaceState(null, "", slider.value === slider.max ? location.pathname : `?version=${slider.value}`);
  slider.previousElementSibling.value = slider.value;
  const section = slider.closest(".history");
  for (const state of section.querySelectorAll("[data-state]")) state.hidden = state.dataset.state !== slider.value;
  for (const event of section.querySelectorAll("[data-event]"))
    event.classList.toggle("future", Number(event.dataset.event) > Number(slider.value));
}

document.addEventListener("input", ({ target }) => target.matches(".slider input") && showVersion(target));

if (document.querySelector("[data-live]")) {
  const connection = document.getElementById("connection");
  const events = new EventSource("/live");
  events.onopen = () => (connection.hidden = false);
  events.onerror = () => (connection.hidden = true);
  events.onmessage = ({ data }) => data && follow(data);
}
// The lag of processors changes without events.
const { every } = document.querySelector("[data-every]")?.dataset ?? {};
if (every) setInterval(() => shown && follow(shown), Number(every));
